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

/// What one terminal mostly does not hold, and two do. One holds 11776 bytes, or 9728 when it has been used before, where they come
/// in pieces of 2048 or more, and 18048 where they come in thousands.
pub(crate) const BEYOND_ONE: usize = 19_000;

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
