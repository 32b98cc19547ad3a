//! Processes that are added to a running container: their terminals, and what stays as it was.

mod side_by_side;
mod terminal;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[side_by_side::CASES, terminal::CASES];
