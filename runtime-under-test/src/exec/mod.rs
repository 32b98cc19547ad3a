//! Step 10: another process in a container that runs.
//!
//! Whoever is root in the container, or has CAP_SYS_PTRACE there, can look into every process of its pid namespace and take
//! it over. So nothing is in there before it is the container's own. An intermediate process prepares everything from outside:
//! it enters the other namespaces, and with them the container's root, opens a terminal from the container's devpts, takes on
//! the credentials, and becomes the [trampoline](crate::container). Only that forks into the pid namespace, a child of ptyrun
//! (CLONE_PARENT), which waits until ptyrun knows it, starts its session, takes its terminal and executes the program.
//! `/dev/console` stays what it is, the terminal of the container's first process.

mod child;

use crate::cgroup::Freezer;
use crate::config::{Config, Process};
use crate::container::handshake::{Channel, Message};
use crate::container::{ContainerError, Ended, Status};
use crate::process::Filter;
use crate::syscall::process::{Forked, PidFd, fork_into};
use crate::{container::birth, container::own_cgroup, container::setup::Setup, container::store::Entry, steps::Steps};
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
    let init = record.init.hold().ok_or_else(gone)?;
    let freezer = (steps.freezer)(&record.cgroup);
    if freezer.is_frozen() {
        return Err(ContainerError::Frozen(record.id.clone()));
    }
    let foreground = !wanted.detached;
    let handover = (steps.handover)(steps, wanted.process.terminal, wanted.console_socket, foreground)?;
    let size = (steps.first_size)(wanted.process, foreground);
    let filter = Filter::new(&config.linux.seccomp).map_err(ContainerError::setup)?;
    let (ours, channel) = Channel::pair()?;
    let birth_cgroup = own_cgroup::birthplace(&record.cgroup)?;
    let child = Child {
        setup: Setup { steps, process: wanted.process, filter, size, handover, channel, preserved: wanted.preserved },
        record,
        init: &init,
        namespaces: namespaces(config),
        cgroup: birth_cgroup.is_none().then_some(&record.cgroup),
    };
    let none = CloneFlags::empty();
    let forked = fork_into(none, birth_cgroup.as_ref().map(AsFd::as_fd), false).map_err(birth::failed(none))?;
    let Forked::Parent { pidfd: intermediate, .. } = forked else { child.live() };
    drop(child); // the process's own ends of everything must be the last
    let born = Executed::be_born(&intermediate, &ours, &freezer);
    intermediate.kill(); // it is done, or was not to go on
    let _ = Ended::wait(&intermediate);
    let executed = born?;
    executed.let_run(&ours, &freezer).inspect_err(|_| {
        executed.process.kill();
        let _ = Ended::wait(&executed.process);
    })?;
    Ok(executed)
}

/// Those that the container has of its own.
fn namespaces(config: &Config) -> CloneFlags {
    config.linux.namespaces.iter().map(|namespace| namespace.kind.flag()).collect()
}

impl Executed {
    /// Hears from the intermediate until the process exists.
    fn be_born(intermediate: &PidFd, channel: &Channel, freezer: &Freezer) -> Result<Executed, ContainerError> {
        let (mut master, mut warnings) = (None, Vec::new());
        loop {
            match channel.receive_from(intermediate, freezer)? {
                Message::Master(made) => master = Some(made),
                Message::Warning(text) => warnings.push(text),
                Message::Born(pid) => {
                    let pid = Pid::from_raw(pid);
                    // A child that was not reaped: the number cannot have changed hands.
                    let process = PidFd::open(pid).map_err(ContainerError::call("holding the process"))?;
                    return Ok(Executed { process, pid, master, warnings });
                }
                Message::Failed(why) => return Err(ContainerError::Setup(why)),
                other => return Err(unexpected(&other)),
            }
        }
    }

    /// Lets it go on, and hears whether its program runs. Who may have got hold of it has no other say.
    fn let_run(&self, channel: &Channel, freezer: &Freezer) -> Result<(), ContainerError> {
        channel.let_go_on()?;
        match channel.receive(freezer)? {
            Message::Closed => Ok(()),
            Message::Failed(why) => Err(ContainerError::Setup(why)),
            other => Err(unexpected(&other)),
        }
    }
}

fn unexpected(message: &Message) -> ContainerError {
    match message {
        Message::Closed => ContainerError::Setup("the process ended before its program ran".into()),
        other => ContainerError::Setup(format!("unexpected from the process: {other:?}")),
    }
}
