//! Containers that were made, and those that run.

use crate::container::{ContainerError, ExecPlan, Lifecycle, Reception, Streams};
use crate::probe::{ControlSocket, Probe};
use crate::terminal::{Terminal, TerminalError};
use ptyproof_probe::ChildGroup;
use serde_json::Value;
use std::{os::fd::AsFd, time::Instant};

/// A container whose process was not started yet.
pub struct Created {
    /// The container as the runtime knows it.
    pub lifecycle: Lifecycle,
    /// What came over the console socket, where there was one.
    pub reception: Option<Reception>,
    /// Standard streams, where there is no terminal.
    pub streams: Option<Streams>,
    pub(super) config: Value,
    pub(super) control: ControlSocket,
}

impl Created {
    /// The terminal that came over the console socket; it comes once.
    pub fn take_terminal(&mut self) -> Result<Option<Terminal>, ContainerError> {
        let Some(reception) = self.reception.take() else {
            return Ok(None);
        };
        if self.config["process"]["terminal"] != Value::Bool(true) {
            return Ok(None);
        }
        let name = format!("terminal of {}", self.lifecycle.id());
        Ok(Some(self.lifecycle.bench().terminal(&name, reception.into_master()?)?))
    }

    /// Calls `start`, which must succeed, and waits for the probe.
    pub fn start(mut self) -> Result<Container, ContainerError> {
        let terminal = self.take_terminal()?;
        self.start_with(terminal)
    }

    /// Like [`start`](Self::start), for a caller that has taken the terminal.
    pub fn start_with(self, terminal: Option<Terminal>) -> Result<Container, ContainerError> {
        let end = self.lifecycle.end_event()?;
        let began = Instant::now();
        self.lifecycle.must("start", &[])?;
        let probe = self.control.accept(&[end.as_fd()])?;
        self.lifecycle.bench().started_in(began.elapsed());
        Ok(Container { lifecycle: self.lifecycle, config: self.config, terminal, streams: self.streams, probe })
    }

    /// For a container that was restored: types the byte for which its process waits, and meets the probe.
    pub fn goes_on(mut self) -> Result<Container, ContainerError> {
        let mut terminal = self.take_terminal()?.ok_or(ContainerError::NoTerminal)?;
        let end = self.lifecycle.end_event()?;
        terminal.types(b"\n")?;
        let probe = self.control.accept(&[end.as_fd()])?;
        let Self { lifecycle, config, streams, .. } = self;
        Ok(Container { lifecycle, config, terminal: Some(terminal), streams, probe })
    }

    /// Calls `start`, which must succeed, for a process that nobody talks to.
    pub fn start_unattended(mut self) -> Result<Unattended, ContainerError> {
        let terminal = self.take_terminal()?;
        self.lifecycle.must("start", &[])?;
        Ok(Unattended { lifecycle: self.lifecycle, terminal, streams: self.streams })
    }
}

/// A container whose process nobody talks to.
pub struct Unattended {
    /// The container as the runtime knows it.
    pub lifecycle: Lifecycle,
    /// Its terminal, where it has one.
    pub terminal: Option<Terminal>,
    /// Its standard streams, where it has no terminal.
    pub streams: Option<Streams>,
}

/// A running container with the probe inside.
pub struct Container {
    /// The container as the runtime knows it.
    pub lifecycle: Lifecycle,
    /// The probe, which is the container's first process.
    pub probe: Probe,
    /// Standard streams, where there is no terminal.
    pub streams: Option<Streams>,
    terminal: Option<Terminal>,
    pub(super) config: Value,
}

impl Container {
    /// Its terminal.
    pub fn terminal(&mut self) -> Result<&mut Terminal, ContainerError> {
        self.terminal.as_mut().ok_or(ContainerError::NoTerminal)
    }

    /// Its standard streams.
    pub fn streams(&self) -> Result<&Streams, ContainerError> {
        self.streams.as_ref().ok_or(ContainerError::NoStreams)
    }

    /// Gives its terminal away, for example to close it.
    pub fn take_terminal(&mut self) -> Result<Terminal, ContainerError> {
        self.terminal.take().ok_or(ContainerError::NoTerminal)
    }

    /// Types on its terminal.
    pub fn types(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), ContainerError> {
        Ok(self.terminal()?.types(bytes)?)
    }

    /// The next bytes on its terminal are exactly these.
    pub fn receives(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), ContainerError> {
        Ok(self.terminal()?.receives(bytes)?)
    }

    /// Its first process reads exactly these bytes from standard input in one read(2).
    pub fn reads(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), ContainerError> {
        let expected = bytes.as_ref();
        let received = self.probe.read(0)?;
        if received != expected {
            let expected = expected.to_vec();
            return Err(TerminalError::Other { expected, received }.into());
        }
        Ok(())
    }

    /// Nothing but what was received so far has come: what the process writes now is the next that comes.
    pub fn has_nothing_left_over(&mut self) -> Result<(), ContainerError> {
        const MARK: &[u8] = b"[nothing before this]";
        self.probe.write(1, MARK)?;
        self.receives(MARK)
    }

    /// Forks a child of the first process, which does as it is told, too.
    pub fn fork(&mut self, group: ChildGroup) -> Result<Probe, ContainerError> {
        let socket = self.lifecycle.control()?;
        Ok(self.probe.fork(socket, group)?)
    }

    /// Forks a child of another process in this container, which does as it is told, too.
    pub fn fork_from(&self, parent: &mut Probe, group: ChildGroup) -> Result<Probe, ContainerError> {
        Ok(parent.fork(self.lifecycle.control()?, group)?)
    }

    /// Plans another process in this container, with the first one's config.
    pub fn exec(&self) -> Result<ExecPlan<'_>, ContainerError> {
        ExecPlan::new(&self.lifecycle, self.config["process"].clone())
    }
}
