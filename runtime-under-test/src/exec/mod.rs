//! Step 10: another process in a container that runs.
//!
//! It joins the container's namespaces, leads a session of its own and opens a terminal of its own from the container's
//! devpts. `/dev/console` stays what it is, the terminal of the container's first process.

mod child;

use crate::cgroup::Freezer;
use crate::config::{Config, Process};
use crate::container::handshake::{Channel, Message};
use crate::container::{ContainerError, Ended, Status};
use crate::syscall::process::{Forked, PidFd, join_namespaces};
use crate::{
    container::birth::Birthplace, container::own_cgroup, container::setup::Setup, container::store::Entry, steps::Steps,
};
use child::Child;
pub(crate) use child::make_terminal;
use nix::{sched::CloneFlags, unistd::Pid};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// What the caller wants.
#[derive(Debug)]
pub struct Exec<'a> {
    /// In which container.
    pub container: &'a Entry,
    /// The process to run.
    pub process: &'a Process,
    /// Who gets the terminal's master.
    pub console_socket: Option<&'a Path>,
    /// How many descriptors from 3 on the program inherits.
    pub preserved: u32,
    /// Whether nobody stays with it.
    pub detached: bool,
}

/// A process that runs its program, a child of ptyrun.
#[derive(Debug)]
pub struct Executed {
    /// The process.
    pub process: PidFd,
    /// The same as a number.
    pub pid: Pid,
    /// The terminal's master, for a foreground process that has one.
    pub master: Option<OwnedFd>,
    /// What was asked for and not granted, for the log.
    pub warnings: Vec<String>,
}

/// Runs a process in a container. Where that fails the process is gone.
pub fn exec(steps: &Steps, config: &Config, wanted: &Exec<'_>) -> Result<Executed, ContainerError> {
    let record = &wanted.container.record;
    let gone = || ContainerError::WrongStatus("run a process in", record.id.clone(), Status::Stopped);
    let init = record.process().ok_or_else(gone)?;
    let freezer = (steps.freezer)(&record.cgroup);
    if freezer.is_frozen() {
        return Err(ContainerError::Frozen(record.id.clone()));
    }
    let foreground = !wanted.detached;
    let handover = (steps.handover)(steps, wanted.process.terminal, wanted.console_socket, foreground)?;
    let size = (steps.first_size)(wanted.process, foreground);
    let (ours, channel) = Channel::pair()?;
    let birth_cgroup = own_cgroup::birthplace(&record.cgroup)?;
    let namespaces = namespaces(config);
    let users = namespaces.contains(CloneFlags::CLONE_NEWUSER);
    let child = Child {
        setup: Setup { steps, process: wanted.process, size, handover, channel, preserved: wanted.preserved },
        init: &init,
        namespaces,
        cgroup: (users || birth_cgroup.is_none()).then_some(&record.cgroup),
    };
    let Forked::Parent { pid, pidfd } = fork(&init, &child, birth_cgroup.as_ref(), &freezer)? else { child.live() };
    drop(child); // the process's own ends of everything must be the last
    let mut executed = Executed { process: pidfd, pid, master: None, warnings: Vec::new() };
    executed.see_through(&ours, &freezer).inspect_err(|_| {
        executed.process.kill();
        let _ = Ended::wait(&executed.process);
    })?;
    Ok(executed)
}

/// A pid namespace is for children only, so it is entered around the fork. A user namespace is entered for ever, with all
/// others, by an intermediate.
fn fork(
    init: &PidFd,
    child: &Child<'_>,
    cgroup: Option<&OwnedFd>,
    freezer: &Freezer,
) -> Result<Forked, ContainerError> {
    let pids = child.namespaces.contains(CloneFlags::CLONE_NEWPID);
    let users = child.namespaces.contains(CloneFlags::CLONE_NEWUSER);
    let birthplace = Birthplace {
        namespaces: CloneFlags::empty(),
        cgroup: cgroup.map(AsFd::as_fd).filter(|_| !users),
        pid_namespace: (pids && !users).then(|| init.as_fd()),
    };
    if !users {
        return birthplace.fork();
    }
    birthplace.fork_after(freezer, || {
        child.prepare_on_the_host()?;
        join_namespaces(init, child.namespaces).map_err(ContainerError::call("joining the container's namespaces"))
    })
}

/// Those that the container has of its own.
fn namespaces(config: &Config) -> CloneFlags {
    config.linux.namespaces.iter().map(|namespace| namespace.kind.flag()).collect()
}

impl Executed {
    fn see_through(&mut self, channel: &Channel, freezer: &Freezer) -> Result<(), ContainerError> {
        loop {
            match channel.receive(freezer)? {
                Message::Master(master) => self.master = Some(master),
                Message::Warning(text) => self.warnings.push(text),
                Message::Failed(why) => return Err(ContainerError::Setup(why)),
                Message::Closed => return Ok(()),
                other => {
                    return Err(ContainerError::Setup(format!("unexpected from the process: {other:?}")));
                }
            }
        }
    }
}
