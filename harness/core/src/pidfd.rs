//! Watching and ending a process, whoever's child it is, by its process id as files and messages tell it.

use nix::errno::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::OwnedFd;

/// A descriptor that becomes readable when the process has ended. `ESRCH` where it is gone already, `EINVAL` where no
/// process has such an id. pidfd_open(2)
pub(crate) fn pidfd(pid: i32) -> Result<OwnedFd, Errno> {
    let pid = Some(pid).filter(|pid| *pid > 0).and_then(Pid::from_raw).ok_or(Errno::EINVAL)?;
    pidfd_open(pid, PidfdFlags::empty()).map_err(errno)
}

/// Kills the process that the descriptor is of, and never another one that has got its number since. `ESRCH` where it
/// is gone already. pidfd_send_signal(2)
pub(crate) fn kill(process: &OwnedFd) -> Result<(), Errno> {
    pidfd_send_signal(process, Signal::KILL).map_err(errno)
}

fn errno(errno: rustix::io::Errno) -> Errno {
    Errno::from_raw(errno.raw_os_error())
}
