//! A root without pivot_root(2), which cannot replace the root of an initramfs: `--no-pivot`.

use super::{RootDir, RootfsError};
use crate::syscall::Reason;
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, chroot};
use std::ffi::OsString;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// Moves the root, which is the working directory, onto `/` and changes to it.
///
/// The old root stays beneath and only out of sight. Its procfs and sysfs go: the kernel lets a container mount its own only
/// with what the visible ones show, and these show all.
pub(super) fn enter(root: &RootDir) -> Result<(), RootfsError> {
    let failed = |doing: &'static str| move |source: Errno| RootfsError(format!("{doing}: {}", source.words()));
    let place = std::fs::read_link(format!("/proc/self/fd/{}", root.as_fd().as_raw_fd()));
    let place = place.map_err(|error| RootfsError(format!("find the root: {}", error.words())))?;
    let table = std::fs::read("/proc/self/mountinfo");
    let table = table.map_err(|error| RootfsError(format!("read /proc/self/mountinfo: {}", error.words())))?;
    // The last first: others may be mounted on the earlier ones.
    for point in kernel_filesystems(&table).filter(|point| !point.starts_with(&place)).collect::<Vec<_>>().iter().rev()
    {
        match umount2(point, MntFlags::MNT_DETACH) {
            Ok(()) | Err(Errno::EINVAL | Errno::ENOENT) => {} // covered by another, or gone with one
            Err(errno) => return Err(RootfsError::call("unmount the host's", point)(errno)),
        }
    }
    let none: Option<&str> = None;
    mount(Some("."), Path::new("/"), none, MsFlags::MS_MOVE, none).map_err(failed("move the root"))?;
    chroot(".").map_err(failed("change to the root"))?;
    chdir("/").map_err(failed("enter the new root"))
}

/// Where the table of mounts (proc_pid_mountinfo(5)) has procfs and sysfs.
fn kernel_filesystems(table: &[u8]) -> impl Iterator<Item = PathBuf> {
    table.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ');
        let point = fields.nth(4)?;
        let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
        [&b"proc"[..], b"sysfs"].contains(&kind).then(|| unescaped(point))
    })
}

/// A path of the table: what would end a field is a backslash and three octal digits there.
fn unescaped(field: &[u8]) -> PathBuf {
    let mut rest = field.iter().copied();
    let mut path = Vec::new();
    while let Some(byte) = rest.next() {
        let digits = rest.clone().take(3).map(|digit| digit.wrapping_sub(b'0')).collect::<Vec<_>>();
        match digits[..] {
            [a @ 0..=3, b @ 0..=7, c @ 0..=7] if byte == b'\\' => {
                path.push(a << 6 | b << 3 | c);
                rest.nth(2);
            }
            _ => path.push(byte),
        }
    }
    PathBuf::from(OsString::from_vec(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn procfs_and_sysfs_are_found_in_the_table() {
        let table = b"22 28 0:20 / /sys rw,relatime shared:7 - sysfs sysfs rw\n\
                      23 28 0:21 / /a\\040b rw - proc proc rw\n24 28 0:5 / /dev rw - devtmpfs udev rw\n";
        assert_eq!(kernel_filesystems(table).collect::<Vec<_>>(), [Path::new("/sys"), Path::new("/a b")]);
    }
}
