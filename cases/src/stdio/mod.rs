//! Standard streams: what they are with and without a terminal, and that nothing else is open.

mod caller;
mod extra;
mod mapping;
mod null;
mod terminal;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[caller::CASES, extra::CASES, mapping::CASES, null::CASES, terminal::CASES];
