//! Hang-ups: the leader ends, the master closes, or root says so.

mod leader;
mod master;
mod output;
mod virtual_hangup;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[leader::CASES, master::CASES, output::CASES, virtual_hangup::CASES];
