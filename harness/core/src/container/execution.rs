//! Another process in a running container: `exec`.

use crate::container::caller::Caller;
use crate::container::created::Lifecycle;
use crate::container::foreground::Foreground;
use crate::container::inheritance::Inheritance;
use crate::container::pipe::Streams;
use crate::container::{ConsoleSocket, ContainerError, Reception};
use crate::probe::{ControlSocket, Probe};
use crate::target::{Finished, Running};
use crate::terminal::Terminal;
use ptyproof_probe::{PROBE_PATH, Request, Size};
use serde_json::{Value, json};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};

/// What another process is to be like. The default is the first process's config with a terminal.
pub struct ExecPlan<'c> {
    lifecycle: &'c Lifecycle,
    process: Value,
    control: ControlSocket,
    inheritance: Inheritance,
}

impl<'c> ExecPlan<'c> {
    pub(super) fn new(lifecycle: &'c Lifecycle, process: Value) -> Result<Self, ContainerError> {
        let control = lifecycle.control()?;
        let mut plan = Self { lifecycle, process, control, inheritance: Inheritance::default() };
        plan.process["args"] = json!([PROBE_PATH, "serve", plan.control.inside()]);
        plan.process["terminal"] = json!(true);
        if let Some(process) = plan.process.as_object_mut() {
            process.remove("consoleSize");
        }
        Ok(plan)
    }

    /// No terminal: the standard streams are pipes.
    pub fn without_terminal(self) -> Self {
        self.configured(|process| process["terminal"] = json!(false))
    }

    /// The process runs as this user and group.
    pub fn user(self, user: u32, group: u32) -> Self {
        self.configured(|process| process["user"] = json!({ "uid": user, "gid": group }))
    }

    /// `consoleSize`.
    pub fn console_size(self, size: Size) -> Self {
        self.configured(|process| {
            process["consoleSize"] = json!({ "height": size.rows, "width": size.columns });
        })
    }

    /// Any other difference of the process.
    pub fn configured(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.process);
        self
    }

    /// The process performs these steps and ends, with nobody to talk to.
    pub fn performing(self, steps: &[Request]) -> Self {
        let steps = serde_json::to_string(steps).unwrap_or_default();
        self.configured(|process| process["args"] = json!([PROBE_PATH, "perform", steps]))
    }

    /// The runtime's caller leaves this descriptor open: the first is the runtime's 3, the next its 4, and so on.
    pub fn leaving_open(mut self, descriptor: impl Into<OwnedFd>) -> Self {
        self.inheritance.add(descriptor.into());
        self
    }

    fn command(&self) -> Result<Command, ContainerError> {
        let path = self.lifecycle.file("process");
        std::fs::write(&path, self.process.to_string()).map_err(ContainerError::setup("writing", &path))?;
        let mut command = self.lifecycle.bench().command("exec")?;
        command.arg("--process").arg(path);
        Ok(command)
    }

    /// Calls `exec --detach`, which must succeed, and waits for the probe.
    pub fn start(self) -> Result<Execution, ContainerError> {
        let (mut begun, control) = self.detached()?;
        let pid_event = begun.lifecycle.end_event()?;
        let terminal = begun.take_terminal()?;
        let probe = control.accept(&[pid_event.as_fd()])?;
        Ok(Execution { probe, terminal, streams: begun.streams, pid: begun.lifecycle.pid()? })
    }

    /// Calls `exec --detach`, which must succeed, for a process that nobody talks to.
    pub fn start_unattended(self) -> Result<(Option<Terminal>, Option<Streams>), ContainerError> {
        let (mut begun, _) = self.detached()?;
        Ok((begun.take_terminal()?, begun.streams))
    }

    fn detached(self) -> Result<(Begun, ControlSocket), ContainerError> {
        let mut command = self.command()?;
        let bench = self.lifecycle.bench();
        let pid_file = self.lifecycle.file("pid");
        command.arg("--detach").arg("--pid-file").arg(&pid_file);
        let mut socket = None;
        let mut streams = None;
        let _placeholders = self.inheritance.give_to(&mut command)?;
        let running = if self.process["terminal"] == json!(true) {
            let path = self.lifecycle.file("tty");
            let listening = ConsoleSocket::listen(&path)?;
            command.arg("--console-socket").arg(&path);
            socket = Some(listening);
            Running::start(with_id(command, self.lifecycle))?
        } else {
            let (ours, given) = Streams::open(bench.patience)?;
            command.stdin(Stdio::from(given.stdin));
            command.stdout(Stdio::from(given.stdout)).stderr(Stdio::from(given.stderr));
            streams = Some(ours);
            Running::start_with_streams(with_id(command, self.lifecycle))?
        };
        let finished = running.finish(bench.patience)?;
        let reception = socket.map(ConsoleSocket::finish).transpose()?;
        succeeded(finished)?;
        let lifecycle = Lifecycle::new(
            std::rc::Rc::clone(bench),
            self.lifecycle.id().to_owned(),
            pid_file.parent().map(ToOwned::to_owned).unwrap_or_default(),
            pid_file,
        );
        Ok((Begun { lifecycle, reception, streams }, self.control))
    }

    /// Calls `exec` in the foreground, from `caller`'s streams.
    pub fn foreground(self, caller: Caller) -> Result<Foreground, ContainerError> {
        let mut command = with_id(self.command()?, self.lifecycle);
        let _placeholders = self.inheritance.give_to(&mut command)?;
        Foreground::begin(self.lifecycle.bench(), command, caller, Some(self.control), None)
    }

    /// Calls `exec` in the foreground with the runtime's flag for a terminal and a program, where its profile
    /// has such a flag.
    pub fn foreground_by_flag(self, caller: Caller) -> Result<Foreground, ContainerError> {
        let bench = self.lifecycle.bench();
        let mut command = bench.command("exec")?;
        if let Some(flag) = &bench.runtime()?.profile.exec_terminal_flag {
            command.arg(flag);
        }
        let mut command = with_id(command, self.lifecycle);
        for argument in self.process["args"].as_array().into_iter().flatten() {
            command.arg(argument.as_str().unwrap_or_default());
        }
        let _placeholders = self.inheritance.give_to(&mut command)?;
        Foreground::begin(bench, command, caller, Some(self.control), None)
    }
}

fn with_id(mut command: Command, lifecycle: &Lifecycle) -> Command {
    command.arg(lifecycle.id());
    command
}

fn succeeded(finished: Finished) -> Result<(), ContainerError> {
    if finished.status.success() { Ok(()) } else { Err(ContainerError::Status { verb: "exec".to_owned(), finished }) }
}

/// A detached process that has begun.
struct Begun {
    lifecycle: Lifecycle,
    reception: Option<Reception>,
    streams: Option<Streams>,
}

impl Begun {
    fn take_terminal(&mut self) -> Result<Option<Terminal>, ContainerError> {
        let Some(reception) = self.reception.take() else {
            return Ok(None);
        };
        let bench = self.lifecycle.bench();
        let name = format!("terminal of exec {}", bench.number());
        Ok(Some(bench.terminal(&name, reception.into_master()?)?))
    }
}

/// Another process in a container, with the probe inside.
pub struct Execution {
    /// The probe.
    pub probe: Probe,
    /// Its terminal, where it has one.
    pub terminal: Option<Terminal>,
    /// Its standard streams, where it has no terminal.
    pub streams: Option<Streams>,
    /// Its process id, seen from outside.
    pub pid: i32,
}

impl Execution {
    /// Its standard streams.
    pub fn streams(&self) -> Result<&Streams, ContainerError> {
        self.streams.as_ref().ok_or(ContainerError::NoStreams)
    }

    /// Its terminal.
    pub fn terminal(&mut self) -> Result<&mut Terminal, ContainerError> {
        let received = "the process has none".to_owned();
        self.terminal.as_mut().ok_or(ContainerError::NoTerminal { received })
    }
}
