//! Making a container: what `create` and `run` have in common, seen from ptyrun's side.

use super::birth::Birthplace;
use super::child::Child;
use super::gate::Gate;
use super::handshake::Channel;
use super::launched::{Launched, Traces};
use super::namespaces::Plan;
use super::own_cgroup::{self, OwnCgroup};
use super::{ContainerError, ContainerId, Record, Store};
use crate::config::{Config, ConsoleSize, Process};
use crate::defect::{Defect, active, faults};
use crate::relay::caller_window;
use crate::syscall::process::Forked;
use crate::terminal::{ConsoleSocket, Handover};
use nix::sched::{CloneFlags, setns};
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
    let bundle = fs::canonicalize(wanted.bundle).map_err(ContainerError::file("finding the bundle", wanted.bundle))?;
    let file = bundle.join("config.json");
    let text = fs::read_to_string(&file).map_err(ContainerError::file("reading", &file))?;
    let mut config = Config::from_text(&file, &text, &bundle).inspect_err(faults::accept)?;
    faults::spoil_config(&mut config);
    faults::refuse_size(&config, &text)?;
    let handover = handover(config.process.terminal, wanted.console_socket, wanted.mode == Mode::Foreground)?;
    let plan = Plan::new(&config)?;
    let slot = store.reserve(wanted.id)?;
    slot.write_config(&text)?;
    let gate = (wanted.mode == Mode::Create).then(|| Gate::close(slot.path())).transpose()?;
    let mut record = Record::new(wanted.id, &config, bundle);
    let cgroup = OwnCgroup::create(&config, wanted.id)?;
    cgroup.note_in(&mut record);
    let size = first_size(&config.process, wanted.mode == Mode::Foreground);
    let (ours, theirs) = Channel::pair()?;
    let birthplace = own_cgroup::birthplace(cgroup.as_ref())?;
    let Forked::Parent { pid, pidfd } = fork(&plan, birthplace.as_ref())? else {
        Child {
            config: &config,
            record: &record,
            plan: &plan,
            cgroup: cgroup.as_ref(),
            born_in_cgroup: birthplace.is_some(),
            size,
            handover,
            gate,
            channel: theirs,
            preserved: wanted.preserved,
        }
        .live()
    };
    drop((theirs, gate, handover)); // what the child has of them must be the last
    record.name_process(pid);
    let mut launched = Launched::new(pidfd, pid, config, record, Traces { slot, cgroup });
    launched.write_record()?;
    launched.see_through(&ours, &plan, wanted.mode).inspect_err(|_| {
        if active(Defect::FailedCreateKeepsPty) && launched.config.process.terminal {
            faults::hold_terminal_of(&launched.process);
        }
    })?;
    if active(Defect::PtyNotReleased) && launched.config.process.terminal {
        faults::hold_terminal_of(&launched.process);
    }
    Ok(launched)
}

/// Who gets the terminal. What cannot work is refused before anything exists.
pub(crate) fn handover(
    terminal: bool,
    socket: Option<&Path>,
    foreground: bool,
) -> Result<Option<Handover>, ContainerError> {
    match (terminal, socket) {
        (false, Some(path)) if active(Defect::SocketWithoutTerminalServed) => {
            Ok(Some(Handover::Socket(ConsoleSocket::connect(path)?)))
        }
        (true, Some(path)) => Ok(Some(Handover::Socket(ConsoleSocket::connect(path)?))),
        (true, None) if foreground => Ok(Some(Handover::Foreground)),
        (true, None) if active(Defect::SocketMissingAccepted) => Ok(None),
        (true, None) => Err(ContainerError::Usage(
            "process.terminal is true and nobody would hold the terminal: --console-socket is needed",
        )),
        (false, Some(_)) => Err(ContainerError::Usage("--console-socket is given, but process.terminal is false")),
        (false, None) => Ok(None),
    }
}

/// The size that the terminal has from its first moment: the config's, or the caller's terminal's where it will be
/// relayed to that.
pub(crate) fn first_size(config: &Process, foreground: bool) -> Option<ConsoleSize> {
    let caller = || caller_window().map(|size| ConsoleSize { height: size.ws_row, width: size.ws_col });
    config
        .window()
        .or_else(|| caller().filter(|_| foreground && !active(Defect::CallerSizeIgnored)))
        .or_else(|| faults::invented_size(foreground))
}

fn fork(plan: &Plan, cgroup: Option<&OwnedFd>) -> Result<Forked, ContainerError> {
    let birthplace = Birthplace {
        namespaces: plan.at_birth,
        cgroup: cgroup.map(AsFd::as_fd),
        pid_namespace: plan.pid.as_ref().map(AsFd::as_fd),
    };
    let Some(user) = &plan.user else {
        return birthplace.fork();
    };
    birthplace.fork_after(|| {
        setns(user, CloneFlags::CLONE_NEWUSER).map_err(ContainerError::call("joining the user namespace"))
    })
}
