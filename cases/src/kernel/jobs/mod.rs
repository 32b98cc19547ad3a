//! Job control: what a background process group may do with its terminal, and who is signalled.

mod dead_foreground;
mod foreground;
mod keys;
mod orphans;
mod reading;
mod settings;
mod writing;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[
    dead_foreground::CASES,
    foreground::CASES,
    keys::CASES,
    orphans::CASES,
    reading::CASES,
    settings::CASES,
    writing::CASES,
];
