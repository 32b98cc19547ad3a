//! Forking and waiting, for a worker that has one thread.

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

/// Forks a child that runs `body` and exits with what it returns.
///
/// To be called while the process has one thread: the child then inherits a whole and unlocked heap.
pub fn fork_with(body: impl FnOnce() -> i32) -> Result<Pid, Errno> {
    // SAFETY: the worker has one thread here, so the child may do everything that the parent may.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => std::process::exit(body()),
    }
}

/// Waits for one child.
pub fn wait_for(child: Pid) -> Result<ExitStatus, Errno> {
    ended(Some(child), child)
}

/// Waits for `child` as the init of a PID namespace does: every orphan that ends meanwhile is reaped.
pub fn reap_until_end_of(child: Pid) -> Result<ExitStatus, Errno> {
    ended(None, child)
}

fn ended(waited_for: Option<Pid>, child: Pid) -> Result<ExitStatus, Errno> {
    loop {
        match waitpid(waited_for, None) {
            Ok(WaitStatus::Exited(pid, status)) if pid == child => return Ok(ExitStatus::from_raw(status << 8)),
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => return Ok(ExitStatus::from_raw(signal as i32)),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// The exit status, or 128 plus the signal that has killed it.
pub fn code(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}
