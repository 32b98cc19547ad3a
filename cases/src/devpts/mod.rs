//! A container has a devpts instance of its own: its ptys are numbered, listed and reached within it only.

mod allocation;
mod mount;
mod options;
mod ptmx;
mod refused;
mod replacement;
mod side_by_side;

use crate::prelude::*;
pub use ptmx::leads_to_its_instance;

pub const CASES: &[&[Case]] = &[
    allocation::CASES,
    mount::CASES,
    options::CASES,
    ptmx::CASES,
    refused::CASES,
    replacement::CASES,
    side_by_side::CASES,
    side_by_side::CROSSING,
];

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
