//! A container has a devpts instance of its own: its ptys are numbered, listed and reached within it only.

mod allocation;
mod mount;
mod options;
mod ptmx;
mod replacement;
mod side_by_side;

pub use allocation::CASES as ALLOCATION;
pub use mount::CASES as MOUNT;
pub use options::CASES as OPTIONS;
pub use ptmx::CASES as PTMX;
pub use replacement::CASES as REPLACEMENT;
pub use side_by_side::CASES as SIDE_BY_SIDE;

use ptyproof_harness::case::Stop;
use ptyproof_probe::{DirectoryEntry, Facts, Mount};

/// What is mounted on `/dev/pts`.
fn mount_of(seen: &Facts) -> Result<&Mount, Stop> {
    seen.mount_at("/dev/pts").ok_or_else(|| Stop::fail("/dev/pts", "a mount", "none"))
}

/// `/dev/pts/ptmx`.
fn ptmx_of(seen: &Facts) -> Result<&DirectoryEntry, Stop> {
    seen.pts_entry("ptmx").ok_or_else(|| Stop::fail("/dev/pts/ptmx", "a device node", "nothing"))
}

/// The names in a directory.
fn names(entries: &[DirectoryEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.name.as_str()).collect()
}
