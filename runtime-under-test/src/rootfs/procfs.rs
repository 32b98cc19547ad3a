//! What may not be hidden behind a mount: `/proc`, which programs believe, the security modules' libraries among them.

use super::{RootfsError, placement::Placement};
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};
use std::fs::read_link;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// Files of it that lxcfs and engines give a container of their own making, as runc lets them.
const REPLACEABLE: [&str; 11] = [
    "cpuinfo",
    "diskstats",
    "loadavg",
    "meminfo",
    "net/dev",
    "slabinfo",
    "stat",
    "swaps",
    "sys/crypto/fips_enabled",
    "sys/kernel/ns_last_pid",
    "uptime",
];

/// Refuses a mount at `target` where that is in the container's `/proc`; on `/proc` itself nothing but a procfs may be bound
/// (CVE-2019-16884). Needs the host's `/proc`.
pub(super) fn guard(
    placement: &Placement<'_>,
    target: BorrowedFd<'_>,
    source: Option<BorrowedFd<'_>>,
) -> Result<(), RootfsError> {
    let is_procfs = |tree| fstatfs(tree).is_ok_and(|seen| seen.filesystem_type() == PROC_SUPER_MAGIC);
    let destination = &placement.mount.destination;
    // Where exactly takes longer to tell, and hardly any entry is about that.
    if !is_procfs(target) && !destination.strip_prefix("/").unwrap_or(destination).starts_with("proc") {
        return Ok(());
    }
    let failed = || placement.refuse("cannot tell where the destination is".into());
    let root = path_of(placement.root.as_fd()).ok_or_else(failed)?;
    let target = path_of(target).ok_or_else(failed)?;
    let Ok(place) = target.strip_prefix(root.join("proc")) else { return Ok(()) };
    let permitted = match place.as_os_str().is_empty() {
        true => source.is_some_and(is_procfs),
        false => REPLACEABLE.iter().any(|known| place == Path::new(known)),
    };
    if permitted {
        return Ok(());
    }
    Err(placement.refuse("refused, it would hide what is in /proc".into()))
}

/// Where a descriptor is, now.
fn path_of(place: BorrowedFd<'_>) -> Option<PathBuf> {
    read_link(format!("/proc/self/fd/{}", place.as_raw_fd())).ok()
}
