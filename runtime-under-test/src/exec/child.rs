use crate::container::setup::{Setup, become_root_of_namespace};
use crate::syscall::process::{PidFd, set_undumpable};
use crate::terminal::{Pty, Slave, TerminalError};
use crate::{
    cgroup::Cgroup, config::ConsoleSize, container::ContainerError, container::Record, process::apply_limits,
    process::run_anywhere, process::run_on, rootfs::RootDir, steps::Steps,
};
use nix::sched::CloneFlags;
use nix::unistd::{Pid, Uid};
use std::{convert::Infallible, os::fd::AsFd, path::Path};

/// What prepares the process of `exec`, from its first instruction to the birth of that process. It enters every namespace
/// of the container but the one of pids, so nobody in there sees it.
#[derive(Debug)]
pub(super) struct Child<'a> {
    pub(super) setup: Setup<'a>,
    /// The container.
    pub(super) record: &'a Record,
    /// The container's first process, whose namespaces are joined.
    pub(super) init: &'a PidFd,
    /// Which of them are the container's own.
    pub(super) namespaces: CloneFlags,
    /// The container's cgroup, unless this process was born in it.
    pub(super) cgroup: Option<&'a Cgroup>,
}

impl Child<'_> {
    /// Has a new process become the program, or reports why not, and ends.
    pub(super) fn live(mut self) -> ! {
        let Err(error) = self.set_up();
        (self.setup.steps.give_up)(&self.setup.channel, &error)
    }

    fn set_up(&mut self) -> Result<Infallible, ContainerError> {
        let steps = self.setup.steps;
        (steps.leave_session)().map_err(ContainerError::call("leaving the caller's session"))?;
        self.setup.die_with_ptyrun()?;
        self.setup.let_go_of_descriptors(vec![self.init.as_fd()])?;
        self.prepare_on_the_host()?;
        self.join()?;
        self.setup.leave_the_callers_keys(self.record)?;
        let root = RootDir::open(Path::new("/")).map_err(ContainerError::call("opening the root"))?;
        let slave = self.make_terminal(&root)?;
        match &slave {
            Some(slave) => (steps.place_streams)(slave)?,
            None => (steps.keep_exec_streams)(steps, &root, self.setup.process.uid())?,
        }
        drop(root);
        let calls = (steps.arrive)(slave.is_some());
        self.setup.settle()?.run_after(steps, self.setup.channel.as_fd(), &calls)
    }

    /// What needs the host's `/proc` and `/sys`: limits and cgroup.
    fn prepare_on_the_host(&self) -> Result<(), ContainerError> {
        let affinity = &self.setup.process.exec_affinity;
        run_on(affinity.initial.as_ref(), "initial").map_err(ContainerError::setup)?;
        apply_limits(self.setup.process).map_err(ContainerError::setup)?;
        if let Some(cgroup) = self.cgroup {
            cgroup.join(Pid::from_raw(0)).map_err(ContainerError::setup)?;
        }
        match &affinity.r#final {
            None => run_anywhere(),
            processors => run_on(processors.as_ref(), "final").map_err(ContainerError::setup)?,
        }
        // A container without a pid namespace of its own sees this process all the same: it must not get at the descriptors,
        // the memory or the file that is executed (CVE-2016-9962, CVE-2019-5736).
        set_undumpable().map_err(ContainerError::call("closing /proc/self to others"))
    }

    /// Enters the container. A pid namespace is entered by children only.
    fn join(&self) -> Result<(), ContainerError> {
        (self.setup.steps.join)(self.init, self.namespaces)
            .map_err(ContainerError::call("joining the container's namespaces"))?;
        match self.namespaces.contains(CloneFlags::CLONE_NEWUSER) {
            true => become_root_of_namespace(),
            false => Ok(()),
        }
    }

    fn make_terminal(&mut self, root: &RootDir) -> Result<Option<Slave>, ContainerError> {
        let Some(handover) = self.setup.handover.take() else {
            return Ok(None);
        };
        let steps = self.setup.steps;
        let pty = (steps.exec_terminal)(steps, root, self.setup.size, self.setup.process.uid())?;
        (steps.hand_over)(&self.setup.channel, pty.master, handover)?;
        Ok(Some(pty.slave))
    }
}

/// Steps 4 and 5 once more, in the container that was joined: a pty from its devpts, with a size and an owner.
pub(crate) fn make_terminal(
    steps: &Steps,
    root: &RootDir,
    size: Option<ConsoleSize>,
    user: Uid,
) -> Result<Pty, TerminalError> {
    let pty = (steps.open_pty)(root)?;
    (steps.set_size)(&pty, size)?;
    (steps.set_owner)(&pty, user)?;
    Ok(pty)
}
