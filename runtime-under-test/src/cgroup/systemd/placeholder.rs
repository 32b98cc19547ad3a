use super::SystemdError;
use crate::syscall::process::{Forked, PidFd, die_with_parent, fork_into};
use nix::sched::CloneFlags;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use std::os::fd::AsFd;

/// A process that does nothing but be in a scope, which is not without one, until the container's process is born there.
/// It ends when this is dropped, or with ptyrun.
#[derive(Debug)]
pub struct Placeholder {
    process: PidFd,
    pid: Pid,
}

impl Placeholder {
    pub(super) fn new() -> Result<Placeholder, SystemdError> {
        match fork_into(CloneFlags::empty(), None, false).map_err(SystemdError::Placeholder)? {
            Forked::Parent { pid, pidfd } => Ok(Placeholder { process: pidfd, pid }),
            Forked::Child => {
                // Where that fails it stays until it is killed below.
                let _ = die_with_parent();
                loop {
                    nix::unistd::pause();
                }
            }
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw().cast_unsigned()
    }
}

impl Drop for Placeholder {
    fn drop(&mut self) {
        self.process.kill();
        let _ = waitid(Id::PIDFd(self.process.as_fd()), WaitPidFlag::WEXITED);
    }
}
