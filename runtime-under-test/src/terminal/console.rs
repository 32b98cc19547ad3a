//! Step 6: `/dev/console` is the container's terminal.

use super::{DeviceDirectory, Slave, TerminalError};
use crate::rootfs::tree::{Depth, attach, clone_place};
use crate::syscall::kind;
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{Mode, SFlag, fstat};
use std::os::fd::{AsFd, OwnedFd};

const PATH: &str = "/dev/console";

/// Bind-mounts `slave` on `/dev/console` (runtime-spec config-linux.md, "Default Devices"), creating a placeholder where
/// the rootfs brings none and mounting over the file or node that it does bring.
///
/// Both ends of the mount are descriptors. By path, a rootfs whose `/dev/console` is a link would have any file of the
/// container covered, and one that swaps `/dev/pts/N` any file mounted (CVE-2025-52565).
pub fn bind_console(dev: &DeviceDirectory, slave: &Slave) -> Result<(), TerminalError> {
    let failed = TerminalError::call;
    let target = placeholder(dev)?;
    let tree = clone_place(slave.as_fd(), Depth::One).map_err(failed("picking up the terminal for", PATH))?;
    attach(tree, target).map_err(failed("mounting the terminal on", PATH))
}

/// Refers to what stands at `/dev/console`, creating an empty file where nothing does. Links are never followed.
fn placeholder(dev: &DeviceDirectory) -> Result<OwnedFd, TerminalError> {
    let failed = TerminalError::call;
    let refer = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let target = match openat(dev, "console", refer, Mode::empty()) {
        Err(Errno::ENOENT) => {
            // O_EXCL: what appears meanwhile is not opened, and may block for ever if it were a fifo.
            let create = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            openat(dev, "console", create, Mode::from_bits_truncate(0o620)).map_err(failed("creating", PATH))?
        }
        other => other.map_err(failed("opening", PATH))?,
    };
    let seen = fstat(&target).map_err(failed("examining", PATH))?;
    let found = match kind(&seen) {
        SFlag::S_IFLNK => "a symbolic link",
        SFlag::S_IFDIR => "a directory",
        _ => return Ok(target),
    };
    let expected = "a file to mount the terminal on: remove it from the rootfs";
    Err(TerminalError::unexpected(PATH, found, expected))
}
