//! Making what was planned: `create`, or `run` in the foreground.

use crate::container::{
    Caller, ConsoleSocket, Container, ContainerError, Created, Foreground, Lifecycle, Plan, succeeded,
};
use crate::{
    container::detached::Detached, container::foreground::Errand, container::pid_file::PidFile,
    container::plan::SocketUse, target::Finished,
};
use std::{process::Command, rc::Rc, time::Instant};

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
        succeeded("create", self.finished)?;
        Ok(self.created)
    }
}

impl Plan {
    /// A call for the bundle, which is written for it, up to and with the file for the process id.
    fn command(&self, verb: &str) -> Result<(Command, PidFile), ContainerError> {
        self.rootfs.write(&self.directory.join("rootfs"))?;
        let path = self.directory.join("config.json");
        let text = self.config.to_string();
        std::fs::write(&path, self.config_text.as_ref().unwrap_or(&text))
            .map_err(ContainerError::setup("writing", &path))?;
        let mut command = self.bench.command(verb)?;
        let pid_file = PidFile::at(self.directory.join("pid"));
        command.arg("--bundle").arg(&self.directory).arg("--pid-file").arg(pid_file.path());
        Ok((command, pid_file))
    }

    /// Calls `create`, whatever comes of it.
    pub(crate) fn attempt(self) -> Result<Attempt, ContainerError> {
        let (mut command, pid_file) = self.command("create")?;
        let has_terminal = self.has_terminal();
        let socket = self.give_console_socket(&mut command)?;
        command.args(&self.create_arguments).arg(&self.id);
        self.bench.may_exist(&self.id);
        let began = Instant::now();
        let Detached { finished, reception, streams } =
            Detached::call(&self.bench, command, self.inheritance, self.interventions, has_terminal, socket)?;
        self.bench.started_in(began.elapsed());
        let lifecycle = Lifecycle::new(self.bench, self.id, self.directory, pid_file);
        let created = Created { lifecycle, reception, streams, config: self.config, control: self.control };
        Ok(Attempt { finished, created })
    }

    /// Tells the runtime about the console socket, and listens there if the harness is to.
    fn give_console_socket(&self, command: &mut Command) -> Result<Option<ConsoleSocket>, ContainerError> {
        let (given, listens) = match &self.console_socket {
            SocketUse::WithTerminal if !self.has_terminal() => return Ok(None),
            SocketUse::Never => return Ok(None),
            SocketUse::WithTerminal | SocketUse::Always => (self.directory.join("tty"), true),
            SocketUse::At(path) => (path.clone(), false),
            SocketUse::Named(path) => (self.directory.join(path), true),
            SocketUse::Relative(path) => {
                command.current_dir(&self.directory);
                (path.clone(), true)
            }
        };
        command.arg("--console-socket").arg(&given);
        if !listens {
            return Ok(None);
        }
        // An absolute path replaces the directory, so this is right for all.
        Ok(Some(ConsoleSocket::listen(&self.directory.join(given))?))
    }

    /// Calls `create`, which must succeed.
    pub fn create(self) -> Result<Created, ContainerError> {
        self.attempt()?.succeeded()
    }

    /// Calls `create` and `start`, and waits for the probe.
    pub fn start(self) -> Result<Container, ContainerError> {
        self.create()?.start()
    }

    /// Calls `run` in the foreground, from `caller`'s streams; what is no OCI runtime does so in its own way.
    pub fn foreground(self, caller: Caller) -> Result<Foreground, ContainerError> {
        if self.bench.target.launcher().is_some() {
            return self.launched(caller);
        }
        let (mut command, pid_file) = self.command("run")?;
        command.args(&self.create_arguments).arg(&self.id);
        self.bench.may_exist(&self.id);
        let _placeholders = self.inheritance.give_to(&mut command)?;
        let lifecycle = Lifecycle::new(Rc::clone(&self.bench), self.id, self.directory, pid_file);
        let mut run = Foreground::begin(
            &self.bench,
            command,
            self.interventions,
            caller,
            Some(self.control),
            Errand::Run(lifecycle),
        )?;
        run.hook = self.hook;
        Ok(run)
    }
}
