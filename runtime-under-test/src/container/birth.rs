//! Making the container's process: one clone3, or two where a user namespace has to be joined first.

use super::handshake::{Channel, Message};
use super::{ContainerError, namespaces::ChildrenIn};
use crate::cgroup::Freezer;
use crate::syscall::Reason;
use crate::syscall::process::{Forked, PidFd, fork_into};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::{sched::CloneFlags, unistd::Pid};
use std::os::fd::{AsFd, BorrowedFd};

/// Where the container's process is born.
#[derive(Debug)]
pub(super) struct Birthplace<'a> {
    /// New namespaces.
    pub(super) namespaces: CloneFlags,
    /// A cgroup v2 directory to be born in.
    pub(super) cgroup: Option<BorrowedFd<'a>>,
    /// A pid namespace to be born in.
    pub(super) pid_namespace: Option<BorrowedFd<'a>>,
}

impl Birthplace<'_> {
    /// Forks the container's process, a child of the caller.
    pub(super) fn fork(&self) -> Result<Forked, ContainerError> {
        let _children = self.pid_namespace.map(ChildrenIn::namespace).transpose()?;
        fork_into(self.namespaces, self.cgroup, false).map_err(failed(self.namespaces))
    }

    /// Forks an intermediate that does `enter`, then the container's process from there, which is a child of the caller
    /// all the same (CLONE_PARENT). Entering a user namespace is for ever, so the caller cannot do it itself.
    pub(super) fn fork_after(
        &self,
        enter: impl FnOnce() -> Result<(), ContainerError>,
    ) -> Result<Forked, ContainerError> {
        let (ours, theirs) = Channel::pair()?; // of its own: the process may speak before its pid is known
        let intermediate = fork_into(CloneFlags::empty(), None, false).map_err(failed(CloneFlags::empty()))?;
        let Forked::Parent { pidfd, .. } = intermediate else {
            let born = enter().and_then(|()| {
                let _children = self.pid_namespace.map(ChildrenIn::namespace).transpose()?;
                fork_into(self.namespaces, self.cgroup, true).map_err(failed(self.namespaces))
            });
            let word = match born {
                Ok(Forked::Child) => return Ok(Forked::Child),
                Ok(Forked::Parent { pid, .. }) => theirs.report_born(pid.as_raw()),
                Err(error) => {
                    theirs.report_failure(&error.to_string());
                    Ok(())
                }
            };
            std::process::exit(word.is_err().into());
        };
        drop(theirs);
        let message = ours.receive(&Freezer::default());
        if message.is_err() {
            pidfd.kill();
        }
        let _ = waitid(Id::PIDFd(pidfd.as_fd()), WaitPidFlag::WEXITED);
        match message? {
            Message::Born(pid) => {
                let pid = Pid::from_raw(pid);
                // Our child, not reaped: the number cannot have changed hands.
                let pidfd = PidFd::open(pid).map_err(ContainerError::call("holding the container's process"))?;
                Ok(Forked::Parent { pid, pidfd })
            }
            Message::Failed(why) => Err(ContainerError::Setup(why)),
            other => Err(ContainerError::Setup(format!("unexpected from the intermediate process: {other:?}"))),
        }
    }
}

/// For `map_err` on the clone3.
pub(crate) fn failed(namespaces: CloneFlags) -> impl FnOnce(nix::errno::Errno) -> ContainerError {
    move |errno| {
        let remedy = match errno {
            nix::errno::Errno::EPERM if !namespaces.contains(CloneFlags::CLONE_NEWUSER) => {
                ": an ordinary user needs a user namespace in linux.namespaces"
            }
            nix::errno::Errno::EPERM | nix::errno::Errno::ENOSPC => {
                ": are user namespaces allowed (user.max_user_namespaces, kernel.unprivileged_userns_clone)?"
            }
            nix::errno::Errno::EACCES => {
                ": the caller may not move a process from where it is into the container's cgroup (for a user of systemd: \
                 systemd-run --user --scope)"
            }
            _ => "",
        };
        ContainerError::Setup(format!("making the container's process: {}{remedy}", errno.words()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::errno::Errno;

    #[test]
    fn a_refusal_comes_with_what_helps() {
        let (none, user) = (CloneFlags::empty(), CloneFlags::CLONE_NEWUSER);
        let needed = ": an ordinary user needs a user namespace in linux.namespaces";
        let allowed = ": are user namespaces allowed (user.max_user_namespaces, kernel.unprivileged_userns_clone)?";
        let elsewhere = ": the caller may not move a process from where it is into the container's cgroup (for a user of systemd: systemd-run --user --scope)";
        for (namespaces, errno, remedy) in [
            (none, Errno::EPERM, needed),
            (user, Errno::EPERM, allowed),
            (user, Errno::ENOSPC, allowed),
            (user, Errno::ENOMEM, ""),
            (user, Errno::EACCES, elsewhere),
        ] {
            let error = failed(namespaces)(errno).to_string();
            assert_eq!(error, format!("making the container's process: {}{remedy}", errno.words()));
        }
    }
}
