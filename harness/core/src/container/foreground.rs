//! A runtime in the foreground: its caller has a terminal, and the runtime relays.

use crate::container::created::Lifecycle;
use crate::container::{
    ContainerError, ControlSocket, PipeReader, Probe, ProbeError, Streams, Workbench,
};
use crate::target::{Finished, Running};
use crate::terminal::{Pair, Slave, Terminal, acquire_controlling_terminal};
use ptyproof_probe::Size;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The terminal and streams of whoever calls the runtime.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The size of the caller's terminal.
    pub size: Size,
    /// Whether the terminal is the caller's controlling terminal; if not, the caller has none.
    pub controlling: bool,
    /// Standard input.
    pub stdin: CallerStream,
    /// Standard output.
    pub stdout: CallerStream,
    /// Standard error.
    pub stderr: CallerStream,
}

/// What one standard stream of the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerStream {
    /// The caller's terminal.
    Terminal,
    /// A pipe.
    Pipe,
    /// `/dev/null`.
    Null,
}

impl Caller {
    /// Somebody at a terminal of 24 rows and 80 columns.
    pub fn at_a_terminal() -> Self {
        Self {
            size: Size::new(24, 80),
            controlling: true,
            stdin: CallerStream::Terminal,
            stdout: CallerStream::Terminal,
            stderr: CallerStream::Terminal,
        }
    }

    /// A script: no terminal at all, the streams are pipes.
    pub fn without_terminal() -> Self {
        Self {
            size: Size::default(),
            controlling: false,
            stdin: CallerStream::Pipe,
            stdout: CallerStream::Pipe,
            stderr: CallerStream::Pipe,
        }
    }

    /// With another size.
    pub fn sized(self, size: Size) -> Self {
        Self { size, ..self }
    }

    /// With another standard input.
    pub fn stdin(self, stdin: CallerStream) -> Self {
        Self { stdin, ..self }
    }

    /// With another standard output.
    pub fn stdout(self, stdout: CallerStream) -> Self {
        Self { stdout, ..self }
    }

    /// With another standard error.
    pub fn stderr(self, stderr: CallerStream) -> Self {
        Self { stderr, ..self }
    }
}

/// A runtime in the foreground.
pub struct Foreground {
    /// The caller's terminal, from outside.
    pub outer: Terminal,
    /// The caller's streams where they are pipes.
    pub streams: Streams,
    /// The container, unless this is `exec`.
    pub lifecycle: Option<Lifecycle>,
    slave: Option<Slave>,
    running: Running,
    control: Option<ControlSocket>,
}

/// What is left when the runtime has returned to its caller.
#[derive(Debug)]
pub struct Returned {
    /// How the runtime ended; its output only where the stream was a pipe.
    pub finished: Finished,
    /// What was still on the caller's terminal.
    pub output: Vec<u8>,
}

impl Foreground {
    pub(super) fn begin(
        bench: &Workbench,
        mut command: Command,
        caller: Caller,
        control: Option<ControlSocket>,
        lifecycle: Option<Lifecycle>,
    ) -> Result<Self, ContainerError> {
        let setup = |errno: ptyproof_probe::Errno| ContainerError::Setup {
            what: "making",
            path: Path::new("the caller's terminal").to_owned(),
            error: std::io::Error::from_raw_os_error(errno.0),
        };
        let Pair { master, slave } = Pair::open().map_err(setup)?;
        let outer = bench.terminal("the caller's terminal", master)?;
        crate::terminal::set_size(&outer, caller.size).map_err(setup)?;
        let (streams, pipes) = Streams::open(bench.patience)?;
        let given = |stream, pipe: OwnedFd| -> Result<Stdio, ContainerError> {
            Ok(match stream {
                CallerStream::Terminal => slave.duplicate().map_err(setup)?.into(),
                CallerStream::Pipe => pipe.into(),
                CallerStream::Null => Stdio::null(),
            })
        };
        command.stdin(given(caller.stdin, pipes.stdin)?);
        command.stdout(given(caller.stdout, pipes.stdout)?);
        command.stderr(given(caller.stderr, pipes.stderr)?);
        let terminal = slave.duplicate().map_err(setup)?;
        // SAFETY: setsid and one ioctl are async-signal-safe and allocate nothing.
        unsafe {
            command.pre_exec(move || {
                nix::unistd::setsid()?;
                if caller.controlling {
                    acquire_controlling_terminal(terminal.as_fd())
                        .map_err(|errno| std::io::Error::from_raw_os_error(errno.0))?;
                }
                Ok(())
            });
        }
        let running = Running::start_with_streams(command)?;
        Ok(Self {
            outer,
            streams,
            lifecycle,
            slave: Some(slave),
            running,
            control,
        })
    }

    /// Waits for the probe; the runtime's end ends the wait.
    pub fn probe(&mut self) -> Result<Probe, ContainerError> {
        let control = self
            .control
            .take()
            .ok_or_else(|| ProbeError::NotConnected {
                why: "its probe was met before".to_owned(),
            })?;
        Ok(control.accept(&[self.running.exit_event().as_fd()])?)
    }

    /// Process id of the runtime.
    pub fn pid(&self) -> i32 {
        self.running.pid()
    }

    /// A descriptor of the same open file as the runtime's terminal streams.
    pub fn slave(&self) -> Result<&Slave, ContainerError> {
        self.slave
            .as_ref()
            .ok_or_else(|| ContainerError::NoTerminal {
                received: "the caller's terminal was given up before".to_owned(),
            })
    }

    /// Waits for the runtime's end, and takes what is left on the caller's terminal. The harness keeps the
    /// terminal, so its settings can still be asked for through `outer`.
    pub fn returns(
        mut self,
        bench_patience: std::time::Duration,
    ) -> Result<(Returned, Terminal, Streams), ContainerError> {
        let finished = self.running.finish(bench_patience)?;
        drop(self.slave.take());
        let output = self.outer.receives_rest()?;
        Ok((Returned { finished, output }, self.outer, self.streams))
    }

    /// What the runtime wrote to a pipe on standard output.
    pub fn stdout(&self) -> &PipeReader {
        &self.streams.stdout
    }
}
