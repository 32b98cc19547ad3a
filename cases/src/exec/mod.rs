//! Processes that are added to a running container: their terminals, and what stays as it was.

mod arrival;
mod input;
mod refused;
mod side_by_side;
mod terminal;
mod words;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] =
    &[side_by_side::CASES, terminal::CASES, words::CASES, input::CASES, refused::CASES, arrival::CASES];
