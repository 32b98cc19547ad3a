//! A runtime in the foreground relays between its caller's terminal and the container's.

mod attended;
mod caller;
mod circumstances;
mod ending;
mod gone;
mod input;
mod output;
mod people;
mod signals;
mod streams;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[
    caller::CASES,
    circumstances::CASES,
    ending::CASES,
    gone::CASES,
    input::CASES,
    output::CASES,
    people::CASES,
    signals::CASES,
    streams::CASES,
];
