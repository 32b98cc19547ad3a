//! Processes on the bare kernel that do as they are told.

use super::control::{ControlSocket, Manner, Probe, ProbeError};
use crate::target::Running;
use nix::unistd::setsid;
use ptyproof_probe::{ChildGroup, step::Execute};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{cell::Cell, os::fd::AsFd, os::unix::process::CommandExt, rc::Rc};

/// A process outside of any container. It ends when it is dropped.
///
/// It is the leader of a new session without a controlling terminal, and has no terminal open; it shares the mounts
/// and the PID namespace of the case.
pub struct Actor {
    probe: Probe,
    sockets: Rc<ControlSockets>,
    _process: Option<Running>,
}

/// The control sockets of the actors of a case, one after another.
pub(crate) struct ControlSockets {
    directory: PathBuf,
    manner: Manner,
    made: Cell<u32>,
}

impl ControlSockets {
    /// They lie in `directory`, whose path is short enough for one.
    pub(crate) fn new(directory: PathBuf, manner: Manner) -> Rc<Self> {
        Rc::new(Self { directory, manner, made: Cell::new(0) })
    }

    fn next(&self) -> Result<ControlSocket, ProbeError> {
        self.made.set(self.made.get() + 1);
        let name = format!("a{}", self.made.get());
        let inside = self.directory.display().to_string();
        ControlSocket::bind(&self.directory, &name, &inside, self.manner.clone())
    }
}

impl Actor {
    /// Starts one from the probe's binary.
    pub(crate) fn start(sockets: &Rc<ControlSockets>, program: &Path) -> Result<Self, ProbeError> {
        let socket = sockets.next()?;
        if sockets.manner.falsifier.plays() {
            return Ok(Self { probe: socket.accept(&[])?, sockets: Rc::clone(sockets), _process: None });
        }
        let mut command = Command::new(program);
        command.args(["serve", socket.inside()]).env_clear().stdin(Stdio::null());
        // SAFETY: setsid is async-signal-safe.
        unsafe {
            command.pre_exec(|| {
                setsid()?;
                Ok(())
            });
        }
        let running = Running::start(command).map_err(|error| ProbeError::NotConnected { why: error.to_string() })?;
        let running = running.unrecorded();
        let probe = socket.accept(&[running.exit_event().as_fd()])?;
        Ok(Self { probe, sockets: Rc::clone(sockets), _process: Some(running) })
    }

    /// Forks a child, which does as it is told, too, and shares the open files. It ends with the case, or when its
    /// `Actor` is dropped; its parent can wait for it.
    pub fn fork(&mut self, group: ChildGroup) -> Result<Self, ProbeError> {
        let probe = self.probe.fork(self.sockets.next()?, group)?;
        Ok(Self { probe, sockets: Rc::clone(&self.sockets), _process: None })
    }

    /// execve(2) of the probe's own program: of what is open, only what has no `O_CLOEXEC` stays, such as duplicates.
    pub fn execute(mut self) -> Result<Self, ProbeError> {
        let socket = self.sockets.next()?;
        let execute = Execute { socket: socket.inside().to_owned() };
        // It does not come back from this, so there is no answer to wait for.
        drop(self.probe.begin(execute)?);
        self.probe = socket.accept(&[])?;
        Ok(self)
    }
}

impl Deref for Actor {
    type Target = Probe;

    fn deref(&self) -> &Probe {
        &self.probe
    }
}

impl DerefMut for Actor {
    fn deref_mut(&mut self) -> &mut Probe {
        &mut self.probe
    }
}
