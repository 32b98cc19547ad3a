//! Watching a process, whoever's child it is. pidfd_open(2).

use nix::errno::Errno;
use std::os::fd::{FromRawFd, OwnedFd};

/// A descriptor that becomes readable when the process has ended. `ESRCH` where it is gone already.
pub(crate) fn pidfd(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_open takes integers only.
    let fd = unsafe { nix::libc::syscall(nix::libc::SYS_pidfd_open, pid, 0) };
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call just made this descriptor, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
