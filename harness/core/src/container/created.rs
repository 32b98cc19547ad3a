//! Containers that were made, and those that run.

use crate::container::execution::ExecPlan;
use crate::container::pipe::Streams;
use crate::container::{ContainerError, Instance, Reception, Workbench};
use crate::deadline::Deadline;
use crate::pidfd::pidfd;
use crate::probe::{ControlSocket, Probe};
use crate::target::Finished;
use crate::terminal::{Terminal, TerminalError};
use nix::errno::Errno;
use nix::poll::PollFlags;
use ptyproof_probe::ChildGroup;
use ptyproof_report::escaped;
use serde_json::Value;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::rc::Rc;

/// A container as the runtime knows it.
pub struct Lifecycle {
    bench: Rc<Workbench>,
    id: String,
    directory: PathBuf,
    pid_file: PathBuf,
}

impl Lifecycle {
    pub(super) fn new(bench: Rc<Workbench>, id: String, directory: PathBuf, pid_file: PathBuf) -> Self {
        Self { bench, id, directory, pid_file }
    }

    /// The container's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Process id of its first process, seen from outside, as the runtime wrote it to the PID file.
    pub fn pid(&self) -> Result<i32, ContainerError> {
        let found = |found: String| ContainerError::NoProcess { found };
        let text = std::fs::read(&self.pid_file).map_err(|error| found(error.to_string()))?;
        let digits = std::str::from_utf8(text.trim_ascii()).ok();
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| found(format!("\"{}\"", escaped(&text))))
    }

    /// A descriptor that becomes readable when the first process ends. pidfd_open(2).
    pub fn end_event(&self) -> Result<OwnedFd, ContainerError> {
        let pid = self.pid()?;
        pidfd(pid).map_err(|errno| match errno {
            Errno::ESRCH => ContainerError::Ended { pid },
            errno => ContainerError::setup("watching the process of", &self.pid_file)(errno),
        })
    }

    /// Waits until the first process has ended; whether it did in time.
    pub fn ends(&self) -> Result<bool, ContainerError> {
        let event = match self.end_event() {
            Ok(event) => event,
            Err(ContainerError::Ended { .. }) => return Ok(true),
            Err(error) => return Err(error),
        };
        Deadline::after(self.bench.patience)
            .wait_for(event, PollFlags::POLLIN)
            .map_err(ContainerError::setup("waiting for the process of", &self.pid_file))
    }

    /// Its devpts instance, which can then be looked at after the container's end. To be called while its first
    /// process exists.
    pub fn devpts(&self) -> Result<Instance, ContainerError> {
        Instance::of(self)
    }

    /// Whether the runtime knows the container: `state` succeeds.
    pub fn is_known(&self) -> Result<bool, ContainerError> {
        Ok(self.call("state", &[])?.status.success())
    }

    /// Calls a verb for this container, whatever comes of it.
    pub fn call(&self, verb: &str, arguments: &[&str]) -> Result<Finished, ContainerError> {
        let mut all = vec![self.id.as_str()];
        all.extend(arguments);
        self.bench.call(verb, &all)
    }

    fn must(&self, verb: &str, finished: Finished) -> Result<Finished, ContainerError> {
        if finished.status.success() {
            Ok(finished)
        } else {
            Err(ContainerError::Status { verb: verb.to_owned(), finished })
        }
    }

    /// `status` of the OCI state, for example `running`. runtime-spec, runtime.md#state.
    pub fn status(&self) -> Result<String, ContainerError> {
        let finished = self.call("state", &[])?;
        let finished = self.must("state", finished)?;
        let state: Value = serde_json::from_slice(&finished.stdout.bytes).unwrap_or_default();
        Ok(state["status"].as_str().unwrap_or("none").to_owned())
    }

    /// `kill` with a signal by its name without SIG.
    pub fn kill(&self, signal: &str) -> Result<(), ContainerError> {
        let finished = self.call("kill", &[signal])?;
        self.must("kill", finished).map(drop)
    }

    /// `delete --force`, which must succeed.
    pub fn delete(&self) -> Result<(), ContainerError> {
        let finished = self.bench.call("delete", &["--force", &self.id])?;
        self.must("delete", finished)?;
        self.bench.is_deleted(&self.id);
        Ok(())
    }

    /// A further control socket, for a child or for exec.
    pub(super) fn control(&self) -> Result<ControlSocket, ContainerError> {
        let name = format!("p{}", self.bench.number());
        self.bench.control(&self.directory.join("control"), &name)
    }

    pub(super) fn bench(&self) -> &Rc<Workbench> {
        &self.bench
    }

    pub(super) fn file(&self, prefix: &str) -> PathBuf {
        self.directory.join(format!("{prefix}{}", self.bench.number()))
    }
}

/// What came of `create`.
pub struct Attempt {
    /// How the runtime ended.
    pub finished: Finished,
    /// The container, if there is one.
    pub created: Created,
}

impl Attempt {
    /// The container, where `create` succeeded.
    pub fn succeeded(self) -> Result<Created, ContainerError> {
        if self.finished.status.success() {
            Ok(self.created)
        } else {
            Err(ContainerError::Status { verb: "create".to_owned(), finished: self.finished })
        }
    }
}

/// A container whose process was not started yet.
pub struct Created {
    /// The container as the runtime knows it.
    pub lifecycle: Lifecycle,
    /// What came over the console socket, where there was one.
    pub reception: Option<Reception>,
    /// Standard streams, where there is no terminal.
    pub streams: Option<Streams>,
    config: Value,
    control: ControlSocket,
}

impl Created {
    pub(super) fn new(
        lifecycle: Lifecycle,
        config: Value,
        control: ControlSocket,
        reception: Option<Reception>,
        streams: Option<Streams>,
    ) -> Self {
        Self { lifecycle, reception, streams, config, control }
    }

    /// The terminal that came over the console socket; it comes once.
    pub fn take_terminal(&mut self) -> Result<Option<Terminal>, ContainerError> {
        let Some(reception) = self.reception.take() else {
            return Ok(None);
        };
        if self.config["process"]["terminal"] != Value::Bool(true) {
            return Ok(None);
        }
        let name = format!("terminal of {}", self.lifecycle.id);
        Ok(Some(self.lifecycle.bench.terminal(&name, reception.into_master()?)?))
    }

    /// Calls `start`, which must succeed, and waits for the probe.
    pub fn start(mut self) -> Result<Container, ContainerError> {
        let terminal = self.take_terminal()?;
        self.start_with(terminal)
    }

    /// Like [`start`](Self::start), for a caller that has taken the terminal.
    pub fn start_with(self, terminal: Option<Terminal>) -> Result<Container, ContainerError> {
        let end = self.lifecycle.end_event()?;
        self.lifecycle.must("start", self.lifecycle.call("start", &[])?)?;
        let probe = self.control.accept(&[end.as_fd()])?;
        Ok(Container { lifecycle: self.lifecycle, config: self.config, terminal, streams: self.streams, probe })
    }

    /// Calls `start`, which must succeed, for a process that nobody talks to.
    pub fn start_unattended(mut self) -> Result<Unattended, ContainerError> {
        let terminal = self.take_terminal()?;
        self.lifecycle.must("start", self.lifecycle.call("start", &[])?)?;
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
    config: Value,
}

impl Container {
    /// Its terminal.
    pub fn terminal(&mut self) -> Result<&mut Terminal, ContainerError> {
        let received = "the container has none".to_owned();
        self.terminal.as_mut().ok_or(ContainerError::NoTerminal { received })
    }

    /// Its standard streams.
    pub fn streams(&self) -> Result<&Streams, ContainerError> {
        self.streams.as_ref().ok_or(ContainerError::NoStreams)
    }

    /// Gives its terminal away, for example to close it.
    pub fn take_terminal(&mut self) -> Result<Terminal, ContainerError> {
        let received = "the container has none".to_owned();
        self.terminal.take().ok_or(ContainerError::NoTerminal { received })
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
