//! Running a command of somebody else's: it may hang, flood, lie or leave children behind.

use super::output::{Output, Stream};
use crate::{deadline::Deadline, ledger, pidfd::end_of_child};
use humantime::format_duration;
use nix::errno::Errno;
use ptyproof_report::printable;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{borrow::Cow, io};

/// Why a command has no exit status.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum CommandError {
    /// It could not be started.
    #[error("{command}: cannot be started: {error}")]
    NotStarted { command: String, error: io::Error },
    /// It ran past its deadline and was killed; `output` is what it printed until then, escaped.
    #[error("{command}: not finished after {}; {output}", format_duration(*.waited))]
    Unfinished { command: String, waited: Duration, output: String },
    /// The whole run was asked to end meanwhile.
    #[error("{command}: interrupted")]
    Interrupted { command: String },
    /// Waiting for it failed.
    #[error("{command}: waiting for it failed: {error}")]
    Wait { command: String, error: io::Error },
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
        format!("{}, standard error {}", ending(self.status), self.stderr)
    }
}

/// How a process ended, in words.
fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("killed by {}", ptyproof_probe::Signal(signal)),
        (None, None) => "neither exited nor killed".to_owned(),
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
    is_recorded: bool,
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
        let not_started = |error| CommandError::NotStarted { command: line.clone(), error };
        let mut child = command.spawn().map_err(not_started)?;
        let exit = end_of_child(child.id().cast_signed()).map_err(not_started)?;
        let outputs = [
            Output::reading(child.stdout.take().map(OwnedFd::from)),
            Output::reading(child.stderr.take().map(OwnedFd::from)),
        ];
        Ok(Self { line, child, exit, outputs, began, finished: false, is_recorded: true })
    }

    /// It is none of the target's calls, and not told of as one.
    pub(crate) fn unrecorded(mut self) -> Self {
        self.is_recorded = false;
        self
    }

    fn record(&mut self, ended: String, [stdout, stderr]: [&Stream; 2]) {
        if std::mem::take(&mut self.is_recorded) {
            ledger::called(&self.line, self.began, ended, [stdout, stderr]);
        }
    }

    /// Becomes readable when the command has ended.
    pub fn exit_event(&self) -> &OwnedFd {
        &self.exit
    }

    /// What it prints to; each is readable when there is something to take.
    pub fn pipes(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let pipes = self.outputs.iter().filter_map(Output::pipe);
        pipes.map(AsFd::as_fd)
    }

    /// Takes what it has printed until now, for whoever waits in another way than by
    /// [`finish`](Self::finish): it would be held up by a full pipe.
    pub fn take_what_is_there(&mut self) {
        self.outputs.iter_mut().for_each(Output::take_what_is_there);
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
            self.take_what_is_there();
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
        let status = self.child.wait().map_err(|error| CommandError::Wait { command: self.line.clone(), error })?;
        self.finished = true;
        let [stdout, stderr] = self.outputs.each_mut().map(Output::take_stream);
        self.record(ending(status), [&stdout, &stderr]);
        Ok(Finished { status, stdout, stderr, took: self.began.elapsed() })
    }

    /// Kills it, because it has not ended within `waited`.
    pub fn give_up(mut self, waited: Duration) -> CommandError {
        self.kill();
        let [stdout, stderr] = self.outputs.each_mut().map(Output::take_stream);
        self.record(KILLED.to_owned(), [&stdout, &stderr]);
        let output = format!("standard output {stdout}, standard error {stderr}");
        CommandError::Unfinished { command: self.line.clone(), waited, output }
    }

    /// Kills it, and takes what it has printed to its standard error.
    pub fn end(mut self) -> Stream {
        self.kill();
        self.take_what_is_there();
        let [stdout, stderr] = self.outputs.each_mut().map(Output::take_stream);
        self.record(KILLED.to_owned(), [&stdout, &stderr]);
        stderr
    }

    /// Whether the command has ended, and whether `interrupt` is readable.
    fn wait_for_something(
        &self,
        deadline: Deadline,
        interrupt: Option<BorrowedFd<'_>>,
    ) -> Result<(bool, bool), CommandError> {
        let watched = [self.exit.as_fd()].into_iter().chain(interrupt).chain(self.pipes());
        let failed = |errno: Errno| CommandError::Wait { command: self.line.clone(), error: errno.into() };
        let ready = deadline.wait_for_any(watched).map_err(failed)?;
        Ok((ready[0], interrupt.is_some() && ready[1]))
    }

    fn kill(&mut self) {
        if !self.finished {
            // Both can only fail for a process that is gone already.
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.finished = true;
        }
    }
}

/// How it ends that the case has done with, or has waited for long enough.
const KILLED: &str = "killed by the case";

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        let [stdout, stderr] = self.outputs.each_mut().map(Output::take_stream);
        self.record(KILLED.to_owned(), [&stdout, &stderr]);
    }
}

/// The command line as it would be typed.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// One word for a shell, in which nothing is obeyed by a terminal.
pub fn quoted(word: &str) -> String {
    let word = printable(word);
    shlex::try_quote(&word).map_or_else(|_| word.clone(), Cow::into_owned)
}
