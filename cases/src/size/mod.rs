//! The size of the terminal's window, at the start and when it changes.

mod caller;
mod configured;
mod resize;

use ptyproof_harness::case::Case;

/// The cases of this area, file by file.
pub const CASES: &[&[Case]] = &[caller::CASES, configured::CASES, resize::CASES];
