//! Allocating a pty inside the container the way programs do it.

use crate::observe;
use nix::fcntl::OFlag;
use nix::sys::stat::fstat;
use ptyproof_probe::{Errno, Opened, PtyAllocation};
use std::fs::File;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::fs::OpenOptionsExt;

/// posix_openpt(3) to the open slave. Both descriptors stay open in the probe.
pub fn allocate() -> Result<PtyAllocation, Errno> {
    let master = nix::pty::posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
    let granted = nix::pty::grantpt(&master).map_err(Errno::from);
    let unlocked = nix::pty::unlockpt(&master).map_err(Errno::from);
    let name = nix::pty::ptsname_r(&master)?;
    let number = name.rsplit_once('/').and_then(|(_, number)| number.parse().ok()).ok_or(Errno(nix::libc::ENODEV))?;
    let slave = File::options()
        .read(true)
        .write(true)
        .custom_flags(nix::libc::O_NOCTTY | nix::libc::O_CLOEXEC)
        .open(&name)
        .map_err(Errno::from)
        .and_then(opened);
    let status = observe::status(&fstat(&master)?);
    let descriptor = master.as_raw_fd();
    std::mem::forget(master);
    let master = Opened { descriptor, status };
    Ok(PtyAllocation { master, number, name, granted, unlocked, slave })
}

/// Leaves a file open for later requests and tells its number.
pub fn opened(file: File) -> Result<Opened, Errno> {
    let status = observe::status(&fstat(&file)?);
    Ok(Opened { descriptor: file.into_raw_fd(), status })
}
