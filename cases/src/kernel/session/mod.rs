//! Controlling terminals: how a session gets one, loses it, and asks for it.

mod acquiring;
mod asking;
mod dev_tty;
mod losing;
mod opening;
mod stealing;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] =
    &[acquiring::CASES, asking::CASES, dev_tty::CASES, losing::CASES, opening::CASES, stealing::CASES];
