//! Session, process group and controlling terminal of a container's processes, and job control on it.

mod acquisition;
mod exec;
mod further;
mod jobs;
mod keys;
mod leader;
mod without_terminal;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[
    acquisition::CASES,
    exec::CASES,
    further::CASES,
    jobs::CASES,
    keys::CASES,
    leader::CASES,
    without_terminal::CASES,
];
