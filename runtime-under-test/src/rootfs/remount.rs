//! Attributes of mounts on kernels without mount_setattr(2), before Linux 5.12: by a remount of one attached mount.

use super::tree::{AttributeChange, attribute};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sys::statvfs::{FsFlags, fstatvfs};
use std::os::fd::{AsFd, AsRawFd};

/// The attributes that both ways know, in both spellings.
const BOTH: [(u64, MsFlags, FsFlags); 4] = [
    (attribute::RDONLY, MsFlags::MS_RDONLY, FsFlags::ST_RDONLY),
    (attribute::NOSUID, MsFlags::MS_NOSUID, FsFlags::ST_NOSUID),
    (attribute::NODEV, MsFlags::MS_NODEV, FsFlags::ST_NODEV),
    (attribute::NOEXEC, MsFlags::MS_NOEXEC, FsFlags::ST_NOEXEC),
];

/// Changes the attributes of the attached mount whose root `top` is. Needs the host's `/proc`. Fails with ENOSYS where
/// an attribute is asked for that a remount cannot change; else as mount(2).
pub fn change_attributes(top: impl AsFd, change: AttributeChange) -> Result<(), Errno> {
    let known = BOTH.iter().fold(0, |known, (bit, ..)| known | bit);
    if (change.set | change.clear) & !known != 0 {
        return Err(Errno::ENOSYS);
    }
    // What is not said is lost in a remount.
    let present = fstatvfs(&top)?.flags();
    let mut flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND;
    for (bit, flag, now) in BOTH {
        let stays = present.contains(now) && change.clear & bit == 0;
        flags.set(flag, stays || change.set & bit != 0);
    }
    let link = format!("/proc/self/fd/{}", top.as_fd().as_raw_fd());
    let none: Option<&str> = None;
    mount(none, link.as_str(), none, flags, none)
}
