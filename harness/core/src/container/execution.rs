//! Another process in a running container: `exec`.

use crate::container::detached::Detached;
use crate::container::inheritance::Inheritance;
use crate::container::pid_file::PidFile;
use crate::container::{Caller, ConsoleSocket, ContainerError, Foreground, Lifecycle, Reception, Streams, succeeded};
use crate::intervention::{Call, Hits, Interventions, Stoppable, When};
use crate::probe::{ControlSocket, Probe};
use crate::terminal::Terminal;
use ptyproof_probe::step::Request;
use ptyproof_probe::{PROBE_PATH, Size};
use serde_json::{Value, json};
use std::os::fd::{AsFd, OwnedFd};
use std::process::Command;

/// What another process is to be like. The default is the first process's config with a terminal.
pub struct ExecPlan<'c> {
    lifecycle: &'c Lifecycle,
    process: Value,
    control: ControlSocket,
    inheritance: Inheritance,
    interventions: Interventions,
}

impl Stoppable for ExecPlan<'_> {
    fn interventions(&mut self) -> &mut Interventions {
        &mut self.interventions
    }
}

impl<'c> ExecPlan<'c> {
    pub(super) fn new(lifecycle: &'c Lifecycle, process: Value) -> Result<Self, ContainerError> {
        let control = lifecycle.control()?;
        let (inheritance, interventions) = (Inheritance::default(), Interventions::default());
        let mut plan = Self { lifecycle, process, control, inheritance, interventions };
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

    /// Something is done at this call of the runtime's, until the program runs.
    pub fn when(self, call: Call) -> When<Self> {
        When::new(self, call)
    }

    /// The calls at which the runtime is stopped.
    pub fn hits(&self) -> Hits {
        self.interventions.hits()
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
        let pid_file = PidFile::at(self.lifecycle.file("pid"));
        let (terminal, streams, control) = self.detached(&pid_file)?;
        let end = pid_file.end_event()?;
        let probe = control.accept(&[end.as_fd()])?;
        Ok(Execution { probe, terminal, streams, pid: pid_file.pid()? })
    }

    /// Calls `exec --detach`, which must succeed, for a process that nobody talks to.
    pub fn start_unattended(self) -> Result<(Option<Terminal>, Option<Streams>), ContainerError> {
        let pid_file = PidFile::at(self.lifecycle.file("pid"));
        let (terminal, streams, _) = self.detached(&pid_file)?;
        Ok((terminal, streams))
    }

    fn detached(
        self,
        pid_file: &PidFile,
    ) -> Result<(Option<Terminal>, Option<Streams>, ControlSocket), ContainerError> {
        let mut command = self.command()?;
        let bench = self.lifecycle.bench();
        command.arg("--detach").arg("--pid-file").arg(pid_file.path());
        let has_terminal = self.process["terminal"] == json!(true);
        let socket = has_terminal.then(|| self.lifecycle.file("tty"));
        if let Some(path) = &socket {
            command.arg("--console-socket").arg(path);
        }
        let socket = socket.map(|path| ConsoleSocket::listen(&path)).transpose()?;
        let command = with_id(command, self.lifecycle);
        let Detached { finished, reception, streams } =
            Detached::call(bench, command, self.inheritance, self.interventions, has_terminal, socket)?;
        succeeded("exec", finished)?;
        let name = format!("terminal of exec {}", bench.number());
        let master = reception.map(Reception::into_master).transpose()?;
        let terminal = master.map(|master| bench.terminal(&name, master)).transpose()?;
        Ok((terminal, streams, self.control))
    }

    /// Calls `exec` in the foreground, from `caller`'s streams.
    pub fn foreground(self, caller: Caller) -> Result<Foreground, ContainerError> {
        let mut command = with_id(self.command()?, self.lifecycle);
        let _placeholders = self.inheritance.give_to(&mut command)?;
        Foreground::begin(self.lifecycle.bench(), command, self.interventions, caller, Some(self.control), None)
    }

    /// Calls `exec` in the foreground with the runtime's flag for a terminal and a program, where its profile
    /// has such a flag.
    pub fn foreground_by_flag(self, caller: Caller) -> Result<Foreground, ContainerError> {
        let bench = self.lifecycle.bench();
        let mut command = bench.command("exec")?;
        if let Some(flag) = &bench.profile()?.exec_terminal_flag {
            command.arg(flag);
        }
        let mut command = with_id(command, self.lifecycle);
        for argument in self.process["args"].as_array().into_iter().flatten() {
            command.arg(argument.as_str().unwrap_or_default());
        }
        let _placeholders = self.inheritance.give_to(&mut command)?;
        Foreground::begin(bench, command, self.interventions, caller, Some(self.control), None)
    }
}

fn with_id(mut command: Command, lifecycle: &Lifecycle) -> Command {
    command.arg(lifecycle.id());
    command
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
        self.terminal.as_mut().ok_or(ContainerError::NoTerminal)
    }
}
