//! Step 10: another process in a container that runs.
//!
//! Whoever is root in the container, or has CAP_SYS_PTRACE there, can look into every process of its pid namespace and take
//! it over. So nothing is in there before it is the container's own. An intermediate process prepares everything from outside:
//! it enters the other namespaces, and with them the container's root, opens a terminal from the container's devpts, takes on
//! the credentials, and becomes the [trampoline](crate::container). Only that forks into the pid namespace, a child of ptyrun
//! (CLONE_PARENT), which waits until ptyrun knows it, starts its session, takes its terminal and executes the program.
//! `/dev/console` stays what it is, the terminal of the container's first process.

mod child;

use crate::cgroup::{Freezer, Part};
use crate::config::{Config, Process};
use crate::container::handshake::{Channel, Message};
use crate::container::{ContainerError, Ended, Status};
use crate::container::{agent, birth, own_cgroup, pidfd_socket::PidfdSocket, setup::Setup, store::Entry};
use crate::process::{Filter, require_modules, schedule};
use crate::steps::Steps;
use crate::syscall::process::{Forked, PidFd, fork_into};
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
    /// Who is sent a descriptor of it.
    pub pidfd_socket: Option<&'a Path>,
    /// Where below the container's cgroup it belongs.
    pub parts: &'a [Part],
    /// Whether a container that is paused is no reason to refuse.
    pub ignore_paused: bool,
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
    let freezer = if wanted.ignore_paused { Freezer::default() } else { (steps.freezer)(&record.cgroup) };
    let lost = |path: &Path| ContainerError::Setup(format!("--cgroup: {}: no such hierarchy", path.display()));
    let cgroup = record.cgroup.part(wanted.parts).map_err(lost)?;
    let pidfd_socket = wanted.pidfd_socket.map(PidfdSocket::connect).transpose()?;
    if freezer.is_frozen() {
        return Err(ContainerError::Frozen(record.id.clone()));
    }
    require_modules(wanted.process).map_err(ContainerError::setup)?;
    let foreground = !wanted.detached;
    let handover = (steps.handover)(steps, wanted.process.terminal, wanted.console_socket, foreground)?;
    let size = (steps.first_size)(wanted.process, foreground);
    let filter = Filter::new(&config.linux.seccomp).map_err(ContainerError::setup)?;
    let (ours, channel) = Channel::pair()?;
    let birth_cgroup = own_cgroup::birthplace(&cgroup)?;
    let child = Child {
        setup: Setup {
            steps,
            process: wanted.process,
            linux: &config.linux,
            filter,
            size,
            handover,
            channel,
            preserved: wanted.preserved,
        },
        record,
        init: &init,
        namespaces: namespaces(config),
        cgroup: birth_cgroup.is_none().then_some(&cgroup),
    };
    let none = CloneFlags::empty();
    let forked = fork_into(none, birth_cgroup.as_ref().map(AsFd::as_fd), false).map_err(birth::failed(none))?;
    let Forked::Parent { pidfd: intermediate, .. } = forked else { child.live() };
    drop(child); // the process's own ends of everything must be the last
    let born = Executed::be_born(config, wanted, &intermediate, &ours, &freezer);
    intermediate.kill(); // it is done, or was not to go on
    let _ = Ended::wait(&intermediate);
    let executed = born?;
    if let Some(socket) = pidfd_socket {
        socket.send(&executed.process, "setns").inspect_err(|_| executed.end())?;
    }
    executed.let_run(wanted.process, &ours, &freezer).inspect_err(|_| executed.end())?;
    Ok(executed)
}

/// Those that the container has of its own.
fn namespaces(config: &Config) -> CloneFlags {
    config.linux.namespaces.iter().map(|namespace| namespace.kind.flag()).collect()
}

impl Executed {
    /// Hears from the intermediate until the process exists.
    fn be_born(
        config: &Config,
        wanted: &Exec<'_>,
        intermediate: &PidFd,
        channel: &Channel,
        freezer: &Freezer,
    ) -> Result<Executed, ContainerError> {
        let (mut master, mut listener, mut warnings) = (None, None, Vec::new());
        loop {
            match channel.receive_from(intermediate, freezer)? {
                Message::Master(made) => master = Some(made),
                Message::Listener(made) => listener = Some(made),
                Message::Warning(text) => warnings.push(text),
                Message::Born(pid) => {
                    let pid = Pid::from_raw(pid);
                    // A child that was not reaped: the number cannot have changed hands.
                    let process = PidFd::open(pid).map_err(ContainerError::call("holding the process"))?;
                    let executed = Executed { process, pid, master, warnings };
                    if let Some(listener) = listener {
                        let record = &wanted.container.record;
                        agent::tell(&config.linux.seccomp, record, "running", pid, &listener)
                            .inspect_err(|_| executed.end())?;
                    }
                    return Ok(executed);
                }
                Message::Stuck(failure) => return Err(ContainerError::Setup(failure.of(wanted.process))),
                Message::Failed(why) => return Err(ContainerError::Setup(why)),
                other => return Err(unexpected(&other)),
            }
        }
    }

    /// Ends it before its program runs.
    fn end(&self) {
        self.process.kill();
        let _ = Ended::wait(&self.process);
    }

    /// Lets it go on, and hears whether its program runs. Who may have got hold of it has no other say.
    fn let_run(&self, process: &Process, channel: &Channel, freezer: &Freezer) -> Result<(), ContainerError> {
        schedule(self.pid, process).map_err(ContainerError::setup)?;
        channel.let_go_on()?;
        match channel.receive(freezer)? {
            Message::Closed => Ok(()),
            Message::Stuck(failure) => Err(ContainerError::Setup(failure.of(process))),
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
