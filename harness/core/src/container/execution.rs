//! Another process in a running container: `exec`.

use crate::container::detached::Detached;
use crate::container::foreground::Errand;
use crate::container::inheritance::Inheritance;
use crate::container::pid_file::PidFile;
use crate::container::{Caller, ConsoleSocket, ContainerError, Foreground, Lifecycle, Reception, Streams, succeeded};
use crate::intervention::{Call, Hits, Interventions, Stoppable, When};
use crate::probe::{ControlSocket, Probe};
use crate::{target::Finished, terminal::Terminal};
use ptyproof_probe::step::Request;
use ptyproof_probe::{PROBE_PATH, Size};
use serde_json::{Value, json};
use std::os::fd::{AsFd, OwnedFd};
use std::{path::Path, process::Command};

/// What another process is to be like. The default is the first process's config with a terminal.
pub struct ExecPlan<'c> {
    lifecycle: &'c Lifecycle,
    process: Value,
    control: ControlSocket,
    inheritance: Inheritance,
    interventions: Interventions,
    words: Option<&'static str>,
    environment: Option<(&'static str, &'static str)>,
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
        let mut plan = Self { lifecycle, process, control, inheritance, interventions, words: None, environment: None };
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

    /// The runtime's caller has this as its descriptor 0, 1 or 2.
    pub fn stream(mut self, number: i32, descriptor: impl Into<OwnedFd>) -> Self {
        self.inheritance.set(number, Some(descriptor.into()));
        self
    }

    /// The runtime's caller has this descriptor, 0, 1 or 2, closed.
    pub fn closing(mut self, number: i32) -> Self {
        self.inheritance.set(number, None);
        self
    }

    /// The runtime's caller has this variable in its environment, with this value.
    pub fn called_with(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment = Some((name, value));
        self
    }

    /// What a call of `exec --detach` says, word for word, as an engine does. `ID` stands for the container, `FILE`, `PID`
    /// and `SOCKET` for the paths of the process's file, the file for its id, and the console socket, `WORDS` for its
    /// program and arguments, and `TTY` for the flag for a terminal, where the runtime's profile has one.
    pub fn called(mut self, words: &'static str) -> Self {
        self.words = Some(words);
        self
    }

    fn command(&self, words: &str, files: &[(&str, &Path)]) -> Result<Command, ContainerError> {
        let bench = self.lifecycle.bench();
        let mut command = bench.command("exec")?;
        command.envs(self.environment);
        for word in words.split(' ') {
            let file = files.iter().find(|(name, _)| *name == word);
            match (word, file) {
                ("ID", _) => command.arg(self.lifecycle.id()),
                ("FILE", _) => {
                    let path = self.lifecycle.file("process");
                    std::fs::write(&path, self.process.to_string()).map_err(ContainerError::setup("writing", &path))?;
                    command.arg(path)
                }
                ("TTY", _) => command.args(&bench.profile()?.exec_terminal_flag),
                ("WORDS", _) => {
                    command.args(self.process["args"].as_array().into_iter().flatten().filter_map(Value::as_str))
                }
                (_, Some((_, path))) => command.arg(path),
                (word, None) => command.arg(word),
            };
        }
        Ok(command)
    }

    /// Calls `exec --detach`, which must succeed, and waits for the probe.
    pub fn start(self) -> Result<Execution, ContainerError> {
        let pid_file = PidFile::at(self.lifecycle.file("pid"));
        let (lifecycle, detached, control) = self.detached(&pid_file)?;
        let (terminal, streams) = kept(lifecycle, detached)?;
        let end = pid_file.end_event()?;
        let probe = control.accept(&[end.as_fd()])?;
        Ok(Execution { probe, terminal, streams, pid: pid_file.pid()? })
    }

    /// Calls `exec --detach`, which must succeed, for a process that nobody talks to.
    pub fn start_unattended(self) -> Result<(Option<Terminal>, Option<Streams>), ContainerError> {
        let pid_file = PidFile::at(self.lifecycle.file("pid"));
        let (lifecycle, detached, _) = self.detached(&pid_file)?;
        kept(lifecycle, detached)
    }

    /// Calls `exec --detach`, whatever comes of it: how the runtime ended, and what came over the console socket.
    pub fn attempt(self) -> Result<(Finished, Option<Reception>), ContainerError> {
        let pid_file = PidFile::at(self.lifecycle.file("pid"));
        let (_, Detached { finished, reception, .. }, _) = self.detached(&pid_file)?;
        Ok((finished, reception))
    }

    fn detached(self, pid_file: &PidFile) -> Result<(&'c Lifecycle, Detached, ControlSocket), ContainerError> {
        let has_terminal = self.process["terminal"] == json!(true);
        let words = match self.words {
            Some(words) => words,
            None if has_terminal => "--process FILE --detach --pid-file PID --console-socket SOCKET ID",
            None => "--process FILE --detach --pid-file PID ID",
        };
        let path = self.lifecycle.file("tty");
        let command = self.command(words, &[("PID", pid_file.path()), ("SOCKET", &path)])?;
        let socket = has_terminal.then(|| ConsoleSocket::listen(&path)).transpose()?;
        let bench = self.lifecycle.bench();
        let detached = Detached::call(bench, command, self.inheritance, self.interventions, has_terminal, socket)?;
        Ok((self.lifecycle, detached, self.control))
    }

    /// Calls `exec` in the foreground, from `caller`'s streams.
    pub fn foreground(self, caller: Caller) -> Result<Foreground, ContainerError> {
        self.foreground_called("--process FILE ID", caller)
    }

    /// Calls `exec` in the foreground with these words, which are as for [`called`](Self::called).
    pub fn foreground_called(self, words: &str, caller: Caller) -> Result<Foreground, ContainerError> {
        let mut command = self.command(words, &[])?;
        let _placeholders = self.inheritance.give_to(&mut command)?;
        Foreground::begin(self.lifecycle.bench(), command, self.interventions, caller, Some(self.control), Errand::Exec)
    }
}

/// What is there of a call that must have succeeded.
fn kept(lifecycle: &Lifecycle, made: Detached) -> Result<(Option<Terminal>, Option<Streams>), ContainerError> {
    let bench = lifecycle.bench();
    succeeded("exec", made.finished)?;
    let name = format!("terminal of exec {}", bench.number());
    let master = made.reception.map(Reception::into_master).transpose()?;
    let terminal = master.map(|master| bench.terminal(&name, master)).transpose()?;
    Ok((terminal, made.streams))
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
