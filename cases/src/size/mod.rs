//! The size of the terminal's window, at the start and when it changes.

mod caller;
mod configured;
mod resize;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[caller::CASES, configured::CASES, resize::CASES];
