//! A runtime in the foreground relays between its caller's terminal and the container's.

mod caller;
mod ending;
mod input;
mod output;
mod streams;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[caller::CASES, ending::CASES, input::CASES, output::CASES, streams::CASES];
