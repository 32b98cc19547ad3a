//! The conversation with the probe in a container.

use crate::container::ContainerError;
use crate::deadline::Deadline;
use crate::pidfd::pidfd;
use nix::errno::Errno as SysErrno;
use nix::poll::{PollFd, PollFlags, poll};
use ptyproof_probe::{
    Bytes, CONTROL_DIRECTORY, ChildGroup, ChildStatus, DirectoryEntry, Ending, Errno, Facts,
    FileStatus, Hello, IoctlName, Opened, PtyAllocation, Reply, Request, Signal, Size,
    TermiosAction, TermiosFacts,
};
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

/// Why the probe did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It never connected.
    #[error("the container's process never reported: {why}")]
    NotConnected {
        /// What was seen instead.
        why: String,
    },
    /// The kernel refused the step.
    #[error("{request}: {errno}")]
    Refused {
        /// The step.
        request: String,
        /// What the kernel said.
        errno: Errno,
    },
    /// The process ended instead of answering.
    #[error("{request}: the process has ended")]
    Gone {
        /// The step.
        request: String,
    },
    /// No answer came in time.
    #[error("{request}: no answer within {waited:?}")]
    Silent {
        /// The step.
        request: String,
        /// How long was waited.
        waited: Duration,
    },
    /// Something other than an answer came.
    #[error("the probe said what it must not: {0}")]
    Protocol(String),
}

/// Where one probe reports.
pub struct ControlSocket {
    listener: UnixListener,
    inside: String,
    patience: Duration,
}

impl ControlSocket {
    /// Listens in `directory`, which is mounted at [`CONTROL_DIRECTORY`]. Everybody may connect, because the
    /// container's user may be anybody.
    pub fn bind(directory: &Path, name: &str, patience: Duration) -> Result<Self, ContainerError> {
        let path = directory.join(name);
        let listener =
            UnixListener::bind(&path).map_err(ContainerError::setup("listening at", &path))?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o777))
            .map_err(ContainerError::setup("opening the permissions of", &path))?;
        Ok(Self {
            listener,
            inside: format!("{CONTROL_DIRECTORY}/{name}"),
            patience,
        })
    }

    /// Its path inside the container.
    pub fn inside(&self) -> &str {
        &self.inside
    }

    /// Waits for the probe. The end of a process in `watched` ends the wait, unless the probe has connected.
    pub fn accept(self, watched: &[BorrowedFd<'_>]) -> Result<Probe, ProbeError> {
        let deadline = Deadline::after(self.patience);
        let mut events = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        events.extend(watched.iter().map(|&fd| PollFd::new(fd, PollFlags::POLLIN)));
        let why = loop {
            match poll(&mut events, deadline.poll_timeout()) {
                Err(SysErrno::EINTR) => {}
                Err(errno) => break errno.to_string(),
                Ok(0) => break format!("nothing within {:?}", self.patience),
                Ok(_) if events[0].any().unwrap_or(false) => {
                    return Probe::meet(self.listener.accept(), self.patience);
                }
                Ok(_) => break "it ended first".to_owned(),
            }
        };
        Err(ProbeError::NotConnected { why })
    }
}

/// A process in the container that does as it is told.
pub struct Probe {
    stream: BufReader<UnixStream>,
    patience: Duration,
    pid: i32,
    end_event: Option<OwnedFd>,
}

impl Probe {
    fn meet<A>(
        accepted: std::io::Result<(UnixStream, A)>,
        patience: Duration,
    ) -> Result<Self, ProbeError> {
        let (stream, _) = accepted.map_err(|error| ProbeError::NotConnected {
            why: error.to_string(),
        })?;
        let mut probe = Self {
            stream: BufReader::new(stream),
            patience,
            pid: 0,
            end_event: None,
        };
        // While its process exists, so that the number is not another's.
        probe.end_event = probe.watch();
        let hello: Hello = probe.receive("hello")?;
        probe.pid = hello.pid;
        Ok(probe)
    }

    /// Its process id in the container.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// pidfd_open(2) of the process that has connected, by SO_PEERCRED (unix(7)).
    fn watch(&self) -> Option<OwnedFd> {
        use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
        let peer = getsockopt(self.stream.get_ref(), PeerCredentials).ok()?;
        pidfd(peer.pid()).ok()
    }

    /// Tells the process to end, and waits until it has: whoever waits for it can see it now.
    pub fn end_and_wait(mut self, ending: Ending) -> Result<(), ProbeError> {
        self.end(ending)?;
        let deadline = Deadline::after(self.patience);
        let request = format!("{:?}", Request::End(ending));
        let Some(event) = &self.end_event else {
            return Err(ProbeError::Protocol(
                "its process cannot be watched".to_owned(),
            ));
        };
        match deadline.wait_for(event, PollFlags::POLLIN) {
            Ok(true) => Ok(()),
            Ok(false) => Err(ProbeError::Silent {
                request,
                waited: self.patience,
            }),
            Err(errno) => Err(ProbeError::Protocol(errno.to_string())),
        }
    }

    /// Sends a request without waiting for the answer, for steps that block until the harness acts.
    pub fn begin(&mut self, request: &Request) -> Result<Pending<'_>, ProbeError> {
        let description = describe(request);
        let mut line =
            serde_json::to_vec(request).map_err(|error| ProbeError::Protocol(error.to_string()))?;
        line.push(b'\n');
        if self.stream.get_mut().write_all(&line).is_err() {
            return Err(ProbeError::Gone {
                request: description,
            });
        }
        Ok(Pending {
            probe: self,
            description,
        })
    }

    /// Asks, and tells a refusal of the kernel from everything else.
    pub fn attempt(&mut self, request: &Request) -> Result<Result<Reply, Errno>, ProbeError> {
        match self.begin(request)?.finish() {
            Ok(reply) => Ok(Ok(reply)),
            Err(ProbeError::Refused { errno, .. }) => Ok(Err(errno)),
            Err(error) => Err(error),
        }
    }

    /// Asks; a refusal of the kernel is an error.
    pub fn ask(&mut self, request: &Request) -> Result<Reply, ProbeError> {
        self.begin(request)?.finish()
    }

    fn receive<T: DeserializeOwned>(&mut self, description: &str) -> Result<T, ProbeError> {
        let deadline = Deadline::after(self.patience);
        let mut line = Vec::new();
        loop {
            if self.stream.buffer().is_empty() && !self.readable(deadline)? {
                return Err(ProbeError::Silent {
                    request: description.to_owned(),
                    waited: self.patience,
                });
            }
            let available = self.stream.fill_buf().unwrap_or_default();
            if available.is_empty() {
                return Err(ProbeError::Gone {
                    request: description.to_owned(),
                });
            }
            let end = available.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(available.len(), |end| end + 1);
            line.extend_from_slice(&available[..used]);
            self.stream.consume(used);
            if end.is_some() {
                return serde_json::from_slice(&line)
                    .map_err(|error| ProbeError::Protocol(error.to_string()));
            }
        }
    }

    fn readable(&self, deadline: Deadline) -> Result<bool, ProbeError> {
        deadline
            .wait_for(self.stream.get_ref(), PollFlags::POLLIN)
            .map_err(|errno| ProbeError::Protocol(errno.to_string()))
    }

    /// Whether the process has not answered yet: a look, not a wait.
    pub fn is_busy(&self) -> bool {
        let now = Deadline::after(Duration::ZERO);
        let input = now.wait_for(self.stream.get_ref(), PollFlags::POLLIN);
        self.stream.buffer().is_empty() && input == Ok(false)
    }
}

/// A request whose answer has not been taken yet.
#[must_use = "a request without its answer leaves the conversation out of step"]
pub struct Pending<'p> {
    probe: &'p mut Probe,
    description: String,
}

impl Pending<'_> {
    /// Waits for the answer.
    pub fn finish(self) -> Result<Reply, ProbeError> {
        match self.probe.receive(&self.description)? {
            Reply::Failed(errno) => Err(ProbeError::Refused {
                request: self.description,
                errno,
            }),
            reply => Ok(reply),
        }
    }

    /// Whether the answer has not come yet: a look, not a wait.
    pub fn is_waiting(&self) -> bool {
        self.probe.is_busy()
    }
}

/// A request in a few words; long bytes are cut.
fn describe(request: &Request) -> String {
    let mut text = format!("{request:?}");
    if text.len() > 160 {
        let cut = (0..=157)
            .rev()
            .find(|&index| text.is_char_boundary(index))
            .unwrap_or(0);
        text.truncate(cut);
        text.push_str("...");
    }
    text
}

/// Makes one method for each request: it asks, and takes the one kind of answer that belongs to it.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $answer:ty =
        $request:expr => $pattern:pat => $value:expr;)*) => {
        impl Probe {
            $($(#[$doc])*
            pub fn $name(&mut self, $($argument: $type),*) -> Result<$answer, ProbeError> {
                match self.ask(&$request)? {
                    $pattern => Ok($value),
                    other => Err(ProbeError::Protocol(format!("{other:?}"))),
                }
            })*
        }
    };
}

requests! {
    /// Everything that one look from inside finds.
    observe() -> Facts = Request::Observe => Reply::Facts(facts) => *facts;
    /// stat(2), following links.
    stat(path: &str) -> FileStatus =
        Request::Stat { path: path.to_owned(), follow: true } => Reply::Status(status) => status;
    /// lstat(2).
    lstat(path: &str) -> FileStatus =
        Request::Stat { path: path.to_owned(), follow: false } => Reply::Status(status) => status;
    /// The entries of a directory, in the order of their names.
    list(path: &str) -> Vec<DirectoryEntry> =
        Request::List { path: path.to_owned() } => Reply::Entries(entries) => entries;
    /// open(2) with flags of fcntl.h.
    open(path: &str, flags: i32) -> Opened =
        Request::Open { path: path.to_owned(), flags } => Reply::Opened(opened) => opened;
    /// close(2).
    close(descriptor: i32) -> () = Request::Close { descriptor } => Reply::Done => ();
    /// One blocking read(2) of at most 4096 bytes; none is end of file.
    read(descriptor: i32) -> Vec<u8> =
        Request::Read { descriptor, most: 4096 } => Reply::Read(bytes) => bytes.0;
    /// read(2) until so many bytes have come, or end of file.
    read_count(descriptor: i32, count: usize) -> Vec<u8> =
        Request::ReadCount { descriptor, count } => Reply::Read(bytes) => bytes.0;
    /// write(2) until all is written.
    write(descriptor: i32, bytes: &[u8]) -> () =
        Request::Write { descriptor, bytes: Bytes::from(bytes) } => Reply::Done => ();
    /// Whether input is there within so many milliseconds.
    readable_within(descriptor: i32, milliseconds: u16) -> bool =
        Request::PollInput { descriptor, milliseconds } => Reply::Readable(readable) => readable;
    /// tcgetattr(3).
    termios(descriptor: i32) -> TermiosFacts =
        Request::GetTermios { descriptor } => Reply::Termios(termios) => termios;
    /// tcsetattr(3) with `TCSANOW`.
    set_termios(descriptor: i32, termios: TermiosFacts) -> () =
        Request::SetTermios { descriptor, action: TermiosAction::Now, termios } => Reply::Done => ();
    /// TIOCGWINSZ.
    size(descriptor: i32) -> Size = Request::GetSize { descriptor } => Reply::Size(size) => size;
    /// TIOCSWINSZ.
    set_size(descriptor: i32, size: Size) -> () =
        Request::SetSize { descriptor, size } => Reply::Done => ();
    /// An ioctl(2).
    ioctl(descriptor: i32, name: IoctlName, argument: i64) -> i64 =
        Request::Ioctl { descriptor, name, argument } => Reply::Number(number) => number;
    /// tcsetpgrp(3).
    set_foreground(descriptor: i32, group: i32) -> () =
        Request::SetForeground { descriptor, group } => Reply::Done => ();
    /// Allocates a pty with the C library's calls.
    open_pty() -> PtyAllocation = Request::OpenPty => Reply::Pty(pty) => pty;
    /// waitpid(2) for a child's end.
    wait_for_end(pid: i32) -> ChildStatus =
        Request::Wait { pid, stopped: false } => Reply::Child(status) => status;
    /// waitpid(2) with `WUNTRACED`.
    wait_for_stop(pid: i32) -> ChildStatus =
        Request::Wait { pid, stopped: true } => Reply::Child(status) => status;
    /// Catches signals from now on.
    catch(signals: &[Signal]) -> () =
        Request::Catch { signals: signals.to_vec() } => Reply::Done => ();
    /// Ignores signals from now on.
    ignore(signals: &[Signal]) -> () =
        Request::Ignore { signals: signals.to_vec() } => Reply::Done => ();
    /// The caught signals that have arrived, waiting so many milliseconds for the first.
    signals_within(milliseconds: u16) -> Vec<Signal> =
        Request::TakeSignals { milliseconds } => Reply::Signals(signals) => signals;
    /// kill(2).
    kill(pid: i32, signal: Signal) -> () = Request::Kill { pid, signal } => Reply::Done => ();
    /// Becomes a user for good, as su does.
    become_user(user: u32, group: u32) -> () =
        Request::BecomeUser { user, group } => Reply::Done => ();
    /// setsid(2).
    new_session() -> i64 = Request::NewSession => Reply::Number(session) => session;
    /// Ends the process.
    end(ending: Ending) -> () = Request::End(ending) => Reply::Done => ();
}

impl Probe {
    /// open(2) of a terminal the way programs do it, with `O_RDWR | O_NOCTTY`; a refusal of the kernel is an
    /// answer.
    pub fn open_terminal(&mut self, path: &str) -> Result<Result<Opened, Errno>, ProbeError> {
        let flags = nix::libc::O_RDWR | nix::libc::O_NOCTTY;
        let path = path.to_owned();
        match self.attempt(&Request::Open { path, flags })? {
            Ok(Reply::Opened(opened)) => Ok(Ok(opened)),
            Ok(other) => Err(ProbeError::Protocol(format!("{other:?}"))),
            Err(errno) => Ok(Err(errno)),
        }
    }

    /// The caught signals that have arrived; the first is waited for, but not as long as an answer. None means
    /// that none came.
    pub fn next_signals(&mut self) -> Result<Vec<Signal>, ProbeError> {
        let wait = (self.patience / 2).as_millis();
        self.signals_within(u16::try_from(wait).unwrap_or(u16::MAX))
    }

    /// Forks a child of the probe that reports at `socket`, which lies beside the probe's own.
    pub fn fork(&mut self, socket: ControlSocket, group: ChildGroup) -> Result<Self, ProbeError> {
        self.ask(&Request::Fork {
            control: socket.inside().to_owned(),
            group,
        })?;
        socket.accept(&[])
    }
}
