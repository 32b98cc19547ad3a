//! Making a container: what `create` and `run` have in common, seen from ptyrun's side.

use super::birth::Birthplace;
use super::child::Child;
use super::ended::Ended;
use super::gate::Gate;
use super::handshake::{Channel, Message};
use super::namespaces::Plan;
use super::store::Slot;
use super::{ContainerError, ContainerId, Record, Store, id_maps};
use crate::config::{Config, ConsoleSize, Process};
use crate::defect::{Defect, active};
use crate::relay::caller_window;
use crate::syscall::process::{Forked, PidFd};
use crate::terminal::{ConsoleSocket, Handover};
use nix::sched::{CloneFlags, setns};
use nix::unistd::Pid;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// How far a launch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The program waits for `start`.
    Create,
    /// The program runs, nobody stays with it.
    Detached,
    /// The program runs, and ptyrun stays to relay and to wait.
    Foreground,
}

/// What the caller wants.
#[derive(Debug)]
pub struct Launch<'a> {
    /// The new container's id.
    pub id: &'a ContainerId,
    /// Its bundle.
    pub bundle: &'a Path,
    /// Who gets the terminal's master.
    pub console_socket: Option<&'a Path>,
    /// How many descriptors from 3 on the program inherits.
    pub preserved: u32,
    /// How far to go.
    pub mode: Mode,
}

/// Makes a container. Where that fails nothing of it is left.
pub fn launch(store: &Store, wanted: &Launch<'_>) -> Result<Launched, ContainerError> {
    let bundle = fs::canonicalize(wanted.bundle)
        .map_err(ContainerError::file("finding the bundle", wanted.bundle))?;
    let file = bundle.join("config.json");
    let text = fs::read_to_string(&file).map_err(ContainerError::file("reading", &file))?;
    let config = Config::from_text(&file, &text, &bundle)?;
    let handover = handover(
        config.process.terminal,
        wanted.console_socket,
        wanted.mode == Mode::Foreground,
    )?;
    let plan = Plan::new(&config)?;
    let slot = store.reserve(wanted.id)?;
    slot.write_config(&text)?;
    let gate = (wanted.mode == Mode::Create)
        .then(|| Gate::close(slot.path()))
        .transpose()?;
    let mut record = Record::new(wanted.id, &config, bundle);
    let size = first_size(&config.process, wanted.mode == Mode::Foreground);
    let (ours, theirs) = Channel::pair()?;
    let Forked::Parent { pid, pidfd } = fork(&plan)? else {
        let (config, record, plan, preserved) = (&config, &record, &plan, wanted.preserved);
        Child {
            config,
            record,
            plan,
            size,
            handover,
            gate,
            channel: theirs,
            preserved,
        }
        .live()
    };
    drop((theirs, gate, handover)); // what the child has of them must be the last
    record.name_process(pid);
    let mut launched = Launched {
        process: pidfd,
        pid,
        master: None,
        config,
        record,
        slot: Some(slot),
    };
    launched
        .slot
        .as_ref()
        .map_or(Ok(()), |slot| slot.write_record(&launched.record))?;
    launched.see_through(&ours, &plan, wanted.mode)?;
    Ok(launched)
}

/// Who gets the terminal. What cannot work is refused before anything exists.
pub(crate) fn handover(
    terminal: bool,
    socket: Option<&Path>,
    foreground: bool,
) -> Result<Option<Handover>, ContainerError> {
    match (terminal, socket) {
        (true, Some(path)) => Ok(Some(Handover::Socket(ConsoleSocket::connect(path)?))),
        (true, None) if foreground => Ok(Some(Handover::Foreground)),
        (true, None) if active(Defect::SocketMissingAccepted) => Ok(None),
        (true, None) => Err(ContainerError::Usage(
            "process.terminal is true and nobody would hold the terminal: --console-socket is needed",
        )),
        (false, Some(_)) => Err(ContainerError::Usage(
            "--console-socket is given, but process.terminal is false",
        )),
        (false, None) => Ok(None),
    }
}

/// The size that the terminal has from its first moment: the config's, or the caller's terminal's where it will be
/// relayed to that.
pub(crate) fn first_size(config: &Process, foreground: bool) -> Option<ConsoleSize> {
    let caller = || {
        caller_window().map(|size| ConsoleSize {
            height: size.ws_row,
            width: size.ws_col,
        })
    };
    config.window().or_else(|| caller().filter(|_| foreground))
}

fn fork(plan: &Plan) -> Result<Forked, ContainerError> {
    let birthplace = Birthplace {
        namespaces: plan.at_birth,
        cgroup: None,
        pid_namespace: plan.pid.as_ref().map(AsFd::as_fd),
    };
    let Some(user) = &plan.user else {
        return birthplace.fork();
    };
    birthplace.fork_after(|| {
        setns(user, CloneFlags::CLONE_NEWUSER)
            .map_err(ContainerError::call("joining the user namespace"))
    })
}

/// A container that was made. Dropped without [`Launched::keep`] it is unmade: the process is killed and reaped, and every
/// trace removed.
#[derive(Debug)]
pub struct Launched {
    /// Its first process, a child of ptyrun.
    pub process: PidFd,
    /// The same as a number.
    pub pid: Pid,
    /// The terminal's master, for a foreground container that has one.
    pub master: Option<OwnedFd>,
    /// What it was made from.
    pub config: Config,
    /// What was recorded.
    pub record: Record,
    slot: Option<Slot>,
}

impl Launched {
    /// Leaves the container behind.
    pub fn keep(mut self) {
        if let Some(slot) = self.slot.take() {
            slot.keep();
        }
    }

    /// Does ptyrun's part while the process sets itself up: until it is ready, or runs its program.
    fn see_through(
        &mut self,
        channel: &Channel,
        plan: &Plan,
        mode: Mode,
    ) -> Result<(), ContainerError> {
        let mut maps_are_due = plan.maps_ids();
        loop {
            match channel.receive()? {
                Message::Waiting => {
                    if std::mem::take(&mut maps_are_due) {
                        id_maps::write(self.pid, &self.config)?;
                    }
                    channel.let_go_on()?;
                }
                Message::Master(master) => self.master = Some(master),
                Message::Warning(text) => self.config.warnings.push(text),
                Message::Failed(why) => return Err(ContainerError::Setup(why)),
                Message::Ready => return Ok(()),
                Message::Closed if mode == Mode::Create => {
                    return Err(ContainerError::Died(self.reap().to_string()));
                }
                Message::Closed => return Ok(()),
                Message::Born(_) => {
                    return Err(ContainerError::Setup(
                        "the container's process talks nonsense".into(),
                    ));
                }
            }
        }
    }

    /// Waits for the process to end and reaps it.
    #[must_use]
    pub fn reap(&self) -> Ended {
        Ended::wait(&self.process)
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        if self.slot.is_some() {
            self.process.kill();
            let _ = self.reap(); // with it go its namespaces and every mount in them
        }
    }
}
