//! Containers as engines write them: whole mount lists, devices and masked paths, recorded from engines, beside a terminal.

mod lists;
mod mounts;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[lists::CASES, mounts::CASES];
