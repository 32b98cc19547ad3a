//! Workers without the cost of starting a program: a nursery is the program, started once, and forks them.

use super::process::{fork_with, wait_for};
use super::{cgroup_namespace::CgroupNamespace, circumstances::clean_start};
use crate::deadline::Deadline;
use crate::passing::{Message, receive, send};
use crate::pidfd::{kill, pidfd};
use crate::target::{CommandError, Finished, Output, Stream};
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout};
use std::io::{self, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How workers are called in messages.
const NAME: &str = "a worker";

/// How long a worker may take to end with all that it started.
const GRACE: Duration = Duration::from_secs(5);

/// A process that forks workers, one after the other. It ends when this is dropped, or the process that has it.
pub struct Nursery {
    socket: UnixStream,
    process: Child,
}

/// What a worker begins with.
pub struct Streams {
    /// Its standard input: the job.
    pub input: OwnedFd,
    /// Its standard output: the report.
    pub output: OwnedFd,
    /// The other end of its input. Its closing is the order to end.
    pub leash: PipeWriter,
}

impl Nursery {
    /// Starts `program`, which calls [`serve`] when `argument` is its first one. `run` is the run's name.
    pub fn start(mut program: Command, argument: &str, run: &str) -> io::Result<Self> {
        let (socket, inside) = UnixStream::pair()?;
        program.args([argument, run]).stdin(Stdio::from(OwnedFd::from(inside))).stdout(Stdio::null());
        // SAFETY: clean_start does only what is async-signal-safe.
        unsafe {
            program.pre_exec(clean_start);
        }
        let process = program.spawn()?;
        Ok(Self { socket, process })
    }

    /// Lets a worker do a job, and ends it when `deadline` is over or `interrupt` readable.
    pub fn run(
        &self,
        job: &[u8],
        streams: Streams,
        deadline: Duration,
        interrupt: Option<BorrowedFd<'_>>,
    ) -> Result<Finished, CommandError> {
        let not_started = |error| CommandError::NotStarted { command: NAME.to_owned(), error };
        let mut worker = self.fork(streams).map_err(not_started)?;
        worker.give(job).map_err(not_started)?;
        let (waited, deadline) = (deadline, Deadline::after(deadline));
        let interrupted = loop {
            match worker.wait(deadline, interrupt)? {
                Event::Ended => return worker.finish(self),
                Event::Interrupted => break true,
                Event::Nothing if deadline.is_over() => break false,
                Event::Nothing => {}
            }
        };
        worker.end();
        let command = NAME.to_owned();
        if interrupted {
            return Err(CommandError::Interrupted { command });
        }
        let output = format!("standard error {}", worker.errors.take_stream());
        Err(CommandError::Unfinished { command, waited, output })
    }

    fn fork(&self, streams: Streams) -> io::Result<Worker> {
        let (errors, errors_inside) = io::pipe()?;
        let inside = [streams.input.as_fd(), streams.output.as_fd(), errors_inside.as_fd()];
        send(&self.socket, b"w", &inside)?;
        let mut pid = [0; 4];
        (&self.socket).read_exact(&mut pid)?;
        let pid = i32::from_ne_bytes(pid);
        let process = match pidfd(pid) {
            Err(Errno::ENOSYS) => None,
            process => Some(process?),
        };
        Ok(Worker {
            exit: self.socket.try_clone()?.into(),
            process,
            pid: Pid::from_raw(pid),
            leash: Some(streams.leash),
            errors: Output::reading(Some(errors.into())),
            began: Instant::now(),
        })
    }
}

impl Drop for Nursery {
    fn drop(&mut self) {
        // Its end of the socket sees the end of this one, and then it has nothing more to do.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        let _ = self.process.wait();
    }
}

/// A worker that runs.
struct Worker {
    /// Becomes readable when it has ended, and its nursery has told how.
    exit: OwnedFd,
    /// Where the kernel has such descriptors.
    process: Option<OwnedFd>,
    pid: Pid,
    leash: Option<PipeWriter>,
    errors: Output,
    began: Instant,
}

enum Event {
    Ended,
    Interrupted,
    Nothing,
}

impl Worker {
    /// A worker that has ended already says so better by its exit status.
    fn give(&mut self, job: &[u8]) -> io::Result<()> {
        match self.leash.as_mut().map(|leash| leash.write_all(job)) {
            Some(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// Sleeps until something happens, and takes what it prints meanwhile.
    fn wait(&mut self, deadline: Deadline, interrupt: Option<BorrowedFd<'_>>) -> Result<Event, CommandError> {
        let watched = [self.exit.as_fd()].into_iter().chain(interrupt).chain(self.errors.pipe().map(AsFd::as_fd));
        let failed = |errno: Errno| CommandError::Wait { command: NAME.to_owned(), error: errno.into() };
        let ready = deadline.wait_for_any(watched).map_err(failed)?;
        let event = match ready[..] {
            [true, ..] => Event::Ended,
            [_, true, ..] if interrupt.is_some() => Event::Interrupted,
            _ => Event::Nothing,
        };
        self.errors.take_what_is_there();
        Ok(event)
    }

    /// Takes the status of one that has ended, which only its parent knows.
    fn finish(mut self, nursery: &Nursery) -> Result<Finished, CommandError> {
        self.leash = None;
        let mut status = [0; 4];
        let told = (&nursery.socket).read_exact(&mut status);
        told.map_err(|error| CommandError::Wait { command: NAME.to_owned(), error })?;
        Ok(Finished {
            status: ExitStatus::from_raw(i32::from_ne_bytes(status)),
            stdout: Stream::default(),
            stderr: self.errors.take_stream(),
            took: self.began.elapsed(),
        })
    }

    /// Ends it with all that it has started, or where it does not, without.
    fn end(&mut self) {
        self.leash = None;
        let deadline = Deadline::after(GRACE);
        if deadline.wait_for(&self.exit, PollFlags::POLLIN) != Ok(true) {
            // It can only fail for one that has just ended.
            let _ = match &self.process {
                Some(process) => kill(process),
                None => nix::sys::signal::kill(self.pid, Signal::SIGKILL),
            };
        }
        self.errors.take_what_is_there();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.leash.is_some() && Deadline::after(Duration::ZERO).wait_for(&self.exit, PollFlags::POLLIN) != Ok(true) {
            self.end();
        }
    }
}

/// What a nursery does: forks a worker for each message, tells its process id, waits for its end, and tells its
/// status. To be called while the process has one thread. Ends the process.
///
/// `run` is the run's name; what it needs for cgroups of its own is made here, once for all workers.
pub fn serve(run: &str, work: impl Fn() -> i32) -> ! {
    let is_root = nix::unistd::geteuid().is_root();
    let cgroups = is_root.then(|| CgroupNamespace::enter(&format!("{run}-{}", std::process::id())));
    if let Some(Err(error)) = &cgroups {
        eprintln!("{NAME}: cgroups of its own: {error}");
    }
    // Without anybody to answer to, there is nothing more to do.
    if let Ok(socket) = io::stdin().as_fd().try_clone_to_owned() {
        let mut socket = Some(UnixStream::from(socket));
        while let Ok(true) = answer(&mut socket, &work) {}
    }
    drop(cgroups);
    std::process::exit(0)
}

/// Whether there was a request.
fn answer(socket: &mut Option<UnixStream>, work: &impl Fn() -> i32) -> io::Result<bool> {
    let request = socket.as_ref().map(receive).transpose()?.flatten();
    let Some(Message { descriptors, .. }) = request else {
        return Ok(false);
    };
    let mut descriptors = Some(descriptors);
    let child = fork_with(|| {
        // What only the nursery needs, its worker has no business with.
        *socket = None;
        match take_over(descriptors.take().unwrap_or_default()) {
            Ok(()) => work(),
            Err(error) => {
                eprintln!("{NAME}: {error}");
                1
            }
        }
    })?;
    drop(descriptors);
    if let Some(socket) = socket {
        socket.write_all(&child.as_raw().to_ne_bytes())?;
        let status = wait_for(child)?;
        socket.write_all(&status.into_raw().to_ne_bytes())?;
    }
    Ok(true)
}

/// Makes what came the standard streams.
fn take_over(streams: Vec<OwnedFd>) -> io::Result<()> {
    let [input, output, errors] = streams.as_slice() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    dup2_stdin(input)?;
    dup2_stdout(output)?;
    dup2_stderr(errors)?;
    Ok(())
}
