//! What the kernel makes of bytes on a container's terminal, as long as the runtime leaves its settings alone.

mod bytes;
mod calls;
mod control;
mod own_pty;
mod scripts;
mod settings;
mod vectors;

use ptyproof_harness::case::Case;

pub use scripts::{CASES as SCRIPTS, SCRIPTS as SAME_SCRIPTS};
pub use vectors::{source, vectors};

pub const CASES: &[&[Case]] = &[
    calls::CASES,
    calls::PACKETS,
    own_pty::CASES,
    settings::CASES,
    control::CASES,
    bytes::CASES,
    vectors::CASES,
    scripts::CASES,
];

/// Those of them that the bare kernel is asked, too.
pub const OF_EVERY_TERMINAL: &[&[Case]] = &[vectors::CASES, scripts::CASES];
