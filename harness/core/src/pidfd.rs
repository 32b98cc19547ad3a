//! Watching and ending a process, whoever's child it is. pidfd_open(2), pidfd_send_signal(2).

use nix::errno::Errno;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A descriptor that becomes readable when the process has ended. `ESRCH` where it is gone already.
pub(crate) fn pidfd(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_open takes integers only.
    let fd = unsafe { nix::libc::syscall(nix::libc::SYS_pidfd_open, pid, 0) };
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call just made this descriptor, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Kills the process that the descriptor is of, and never another one that has got its number since. `ESRCH` where it
/// is gone already.
pub(crate) fn kill(process: &OwnedFd) -> Result<(), Errno> {
    use nix::libc::{SIGKILL, SYS_pidfd_send_signal, c_void, syscall};
    let nothing = std::ptr::null::<c_void>();
    // SAFETY: without a siginfo_t, pidfd_send_signal takes integers only.
    let sent = unsafe { syscall(SYS_pidfd_send_signal, process.as_raw_fd(), SIGKILL, nothing, 0) };
    Errno::result(sent).map(drop)
}
