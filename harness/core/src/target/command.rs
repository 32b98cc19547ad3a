//! Running a command of somebody else's: it may hang, flood, lie or leave children behind.

use crate::deadline::Deadline;
use crate::pidfd::pidfd;
use crate::terminal::escaped;
use nix::errno::Errno as SysErrno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Why a command has no exit status.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It could not be started.
    #[error("{command}: cannot be started: {error}")]
    NotStarted {
        /// The command line.
        command: String,
        /// What the kernel said.
        error: io::Error,
    },
    /// It ran past its deadline and was killed.
    #[error("{command}: not finished after {waited:?}; {output}")]
    Unfinished {
        /// The command line.
        command: String,
        /// How long was waited.
        waited: Duration,
        /// What it printed until then, escaped.
        output: String,
    },
    /// The whole run was asked to end meanwhile.
    #[error("{command}: interrupted")]
    Interrupted {
        /// The command line.
        command: String,
    },
    /// Waiting for it failed.
    #[error("{command}: waiting for it failed: {error}")]
    Wait {
        /// The command line.
        command: String,
        /// What the kernel said.
        error: io::Error,
    },
}

/// What came out of one stream of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// The first MiB.
    pub bytes: Vec<u8>,
    /// How much more there was.
    pub left_out: usize,
}

/// A runtime may print for ever; more than this is counted, not kept.
const MOST_KEPT: usize = 1 << 20;

/// In messages, only the end of what was printed is shown.
const SHOWN: usize = 600;

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = &self.bytes[self.bytes.len().saturating_sub(SHOWN)..];
        let cut = if tail.len() < self.bytes.len() {
            "..."
        } else {
            ""
        };
        write!(f, "\"{cut}{}\"", escaped(tail.trim_ascii_end()))?;
        if self.left_out > 0 {
            write!(f, " and {} bytes more", self.left_out)?;
        }
        Ok(())
    }
}

/// A command that came to its end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: Stream,
    /// Its standard error.
    pub stderr: Stream,
    /// How long it took.
    pub took: Duration,
}

impl Finished {
    /// Exit status and standard error in one line.
    pub fn describe(&self) -> String {
        let ended = match (self.status.code(), self.status.signal()) {
            (Some(code), _) => format!("exit status {code}"),
            (None, Some(signal)) => format!("killed by {}", ptyproof_probe::Signal(signal)),
            (None, None) => "neither exited nor killed".to_owned(),
        };
        format!("{ended}, standard error {}", self.stderr)
    }
}

/// A command that runs.
pub struct Running {
    line: String,
    child: Child,
    exit: OwnedFd,
    outputs: [Output; 2],
    began: Instant,
    finished: bool,
    leash: Option<OwnedFd>,
}

/// How long a command that watches its leash may take to end.
const LEASH_GRACE: Duration = Duration::from_secs(5);

struct Output {
    pipe: Option<OwnedFd>,
    stream: Stream,
}

impl Running {
    /// Starts a command whose output is kept. Its standard input is `/dev/null` unless set before.
    pub fn start(mut command: Command) -> Result<Self, CommandError> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::start_with_streams(command)
    }

    /// Starts a command whose streams the caller has set.
    pub fn start_with_streams(mut command: Command) -> Result<Self, CommandError> {
        let line = describe(&command);
        let began = Instant::now();
        // SAFETY: prctl is async-signal-safe and takes integers only.
        unsafe {
            command.pre_exec(|| {
                nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
                Ok(())
            });
        }
        let not_started = |error| CommandError::NotStarted {
            command: line.clone(),
            error,
        };
        let mut child = command.spawn().map_err(not_started)?;
        let exit = pidfd(child.id().cast_signed())
            .map_err(io::Error::from)
            .map_err(not_started)?;
        let outputs = [
            Output::reading(child.stdout.take().map(OwnedFd::from)),
            Output::reading(child.stderr.take().map(OwnedFd::from)),
        ];
        Ok(Self {
            line,
            child,
            exit,
            outputs,
            began,
            finished: false,
            leash: None,
        })
    }

    /// A descriptor whose closing the command takes as the order to end in its own way, for example with all
    /// that it started. It is closed instead of killing at once.
    pub fn on_leash(mut self, leash: OwnedFd) -> Self {
        self.leash = Some(leash);
        self
    }

    /// Becomes readable when the command has ended.
    pub fn exit_event(&self) -> &OwnedFd {
        &self.exit
    }

    /// Process id.
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Waits for the end and takes what was printed. Children that the command left behind, and that hold
    /// its output open, are not waited for.
    pub fn finish(self, patience: Duration) -> Result<Finished, CommandError> {
        self.finish_unless(patience, None)
    }

    /// Like [`finish`](Self::finish), and ends the command as soon as `interrupt` is readable.
    pub fn finish_unless(
        mut self,
        patience: Duration,
        interrupt: Option<BorrowedFd<'_>>,
    ) -> Result<Finished, CommandError> {
        let deadline = Deadline::after(patience);
        loop {
            let (ended, interrupted) = self.wait_for_something(deadline, interrupt)?;
            for output in &mut self.outputs {
                output.take_what_is_there();
            }
            if ended {
                break;
            }
            if interrupted {
                self.kill();
                let command = self.line.clone();
                return Err(CommandError::Interrupted { command });
            }
            if deadline.is_over() {
                return Err(self.give_up(patience));
            }
        }
        let status = self.child.wait().map_err(|error| CommandError::Wait {
            command: self.line.clone(),
            error,
        })?;
        self.finished = true;
        let [stdout, stderr] = &mut self.outputs;
        Ok(Finished {
            status,
            stdout: std::mem::take(&mut stdout.stream),
            stderr: std::mem::take(&mut stderr.stream),
            took: self.began.elapsed(),
        })
    }

    /// Kills it, because it has not ended within `waited`.
    pub fn give_up(mut self, waited: Duration) -> CommandError {
        self.kill();
        CommandError::Unfinished {
            command: self.line.clone(),
            waited,
            output: format!(
                "standard output {}, standard error {}",
                self.outputs[0].stream, self.outputs[1].stream
            ),
        }
    }

    /// Kills it, and takes what it has printed to its standard error.
    pub fn end(mut self) -> Stream {
        self.kill();
        let [_, stderr] = &mut self.outputs;
        stderr.take_what_is_there();
        std::mem::take(&mut stderr.stream)
    }

    /// Whether the command has ended, and whether `interrupt` is readable.
    fn wait_for_something(
        &self,
        deadline: Deadline,
        interrupt: Option<BorrowedFd<'_>>,
    ) -> Result<(bool, bool), CommandError> {
        let mut watched = vec![PollFd::new(self.exit.as_fd(), PollFlags::POLLIN)];
        watched.extend(interrupt.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        let pipes = self
            .outputs
            .iter()
            .filter_map(|output| output.pipe.as_ref());
        watched.extend(pipes.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
        match poll(&mut watched, deadline.poll_timeout()) {
            Ok(_) => {
                let ready = |index: usize| watched[index].any().unwrap_or(false);
                Ok((ready(0), interrupt.is_some() && ready(1)))
            }
            Err(SysErrno::EINTR) => Ok((false, false)),
            Err(errno) => Err(CommandError::Wait {
                command: self.line.clone(),
                error: errno.into(),
            }),
        }
    }

    fn kill(&mut self) {
        if let Some(leash) = self.leash.take() {
            drop(leash);
            let mut watched = [PollFd::new(self.exit.as_fd(), PollFlags::POLLIN)];
            let deadline = Deadline::after(LEASH_GRACE);
            while let Err(SysErrno::EINTR) = poll(&mut watched, deadline.poll_timeout()) {}
        }
        if !self.finished {
            // Both can only fail for a process that is gone already.
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.finished = true;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Output {
    fn reading(pipe: Option<OwnedFd>) -> Self {
        Self {
            pipe,
            stream: Stream::default(),
        }
    }

    /// Reads until nothing is there at the moment. poll(2) is asked each time, so the pipe needs no
    /// `O_NONBLOCK`.
    fn take_what_is_there(&mut self) {
        let mut buffer = [0; 16 * 1024];
        let mut budget = 64;
        while let Some(pipe) = &self.pipe
            && budget > 0
        {
            budget -= 1;
            let mut watched = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
            if !matches!(poll(&mut watched, PollTimeout::ZERO), Ok(1)) {
                return;
            }
            match nix::unistd::read(pipe, &mut buffer) {
                Ok(0) | Err(_) => self.pipe = None,
                Ok(count) => {
                    let room = MOST_KEPT.saturating_sub(self.stream.bytes.len()).min(count);
                    self.stream.bytes.extend_from_slice(&buffer[..room]);
                    self.stream.left_out += count - room;
                }
            }
        }
    }
}

/// The command line as it would be typed.
fn describe(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.display().to_string())
        .collect::<Vec<_>>()
        .join(" ")
}
