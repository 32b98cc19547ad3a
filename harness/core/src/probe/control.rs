//! The conversation with a probe.

use super::doctor::Doctor;
use crate::deadline::Deadline;
use crate::pidfd::pidfd;
use nix::errno::Errno as SysErrno;
use nix::poll::{PollFd, PollFlags, poll};
use ptyproof_probe::ioctl::ioctl;
use ptyproof_probe::{Ending, Errno, Hello, IoctlName, Reply, Request};
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::rc::Rc;
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
    #[error("the program in the container sent something that is no answer: {0}")]
    Protocol(String),
    /// The harness could not prepare something.
    #[error("{what} {}: {error}", path.display())]
    Setup {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the kernel said.
        error: io::Error,
    },
}

impl ProbeError {
    /// For `map_err`: what was tried on which path.
    pub(super) fn setup<E: Into<io::Error>>(what: &'static str, path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Setup { what, path, error: error.into() }
    }
}

/// What holds for all conversations of one case.
#[derive(Clone)]
pub struct Manner {
    /// The longest wait for an answer.
    pub patience: Duration,
    /// Who may falsify what is told.
    pub doctor: Rc<Doctor>,
}

/// Where one probe reports.
pub struct ControlSocket {
    listener: UnixListener,
    inside: String,
    manner: Manner,
}

impl ControlSocket {
    /// Listens in `directory`, which its probe knows as `inside`. Everybody may connect, because the probe's user
    /// may be anybody.
    pub fn bind(directory: &Path, name: &str, inside: &str, manner: Manner) -> Result<Self, ProbeError> {
        let path = directory.join(name);
        let listener = UnixListener::bind(&path).map_err(ProbeError::setup("listening at", &path))?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o777))
            .map_err(ProbeError::setup("opening the permissions of", &path))?;
        Ok(Self { listener, inside: format!("{inside}/{name}"), manner })
    }

    /// Its path as the probe knows it.
    pub fn inside(&self) -> &str {
        &self.inside
    }

    /// Waits for the probe. The end of a process in `watched` ends the wait, unless the probe has connected.
    pub fn accept(self, watched: &[BorrowedFd<'_>]) -> Result<Probe, ProbeError> {
        let deadline = Deadline::after(self.manner.patience);
        let mut events = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        events.extend(watched.iter().map(|&fd| PollFd::new(fd, PollFlags::POLLIN)));
        let why = loop {
            match poll(&mut events, deadline.poll_timeout()) {
                Err(SysErrno::EINTR) => {}
                Err(errno) => break errno.to_string(),
                Ok(0) => break format!("nothing within {:?}", self.manner.patience),
                Ok(_) if events[0].any().unwrap_or(false) => {
                    return Probe::meet(self.listener.accept(), self.manner);
                }
                Ok(_) => break "it ended first".to_owned(),
            }
        };
        Err(ProbeError::NotConnected { why })
    }
}

/// A process, in a container or not, that does as it is told.
pub struct Probe {
    stream: BufReader<UnixStream>,
    manner: Manner,
    pid: i32,
    outside_pid: i32,
    end_event: Option<OwnedFd>,
}

impl Probe {
    fn meet<A>(accepted: io::Result<(UnixStream, A)>, manner: Manner) -> Result<Self, ProbeError> {
        let (stream, _) = accepted.map_err(|error| ProbeError::NotConnected { why: error.to_string() })?;
        let mut probe = Self { stream: BufReader::new(stream), manner, pid: 0, outside_pid: 0, end_event: None };
        probe.outside_pid = probe.peer()?;
        // While its process exists, so that the number is not another's.
        probe.end_event = pidfd(probe.outside_pid).ok();
        let hello: Hello = probe.receive("hello")?;
        probe.pid = hello.pid;
        Ok(probe)
    }

    /// The longest wait for an answer.
    pub fn patience(&self) -> Duration {
        self.manner.patience
    }

    /// Its process id, in its own PID namespace.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The process that has connected, in the PID namespace of the harness. unix(7) `SO_PEERCRED`.
    fn peer(&self) -> Result<i32, ProbeError> {
        use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
        getsockopt(self.stream.get_ref(), PeerCredentials)
            .map(|peer| peer.pid())
            .map_err(|errno| ProbeError::Protocol(errno.to_string()))
    }

    /// Tells the process to end, and waits until it has: whoever waits for it can see it now.
    pub fn end_and_wait(mut self, ending: Ending) -> Result<(), ProbeError> {
        self.end(ending)?;
        let deadline = Deadline::after(self.manner.patience);
        let request = format!("{:?}", Request::End(ending));
        let Some(event) = &self.end_event else {
            return Err(ProbeError::Protocol("its process cannot be watched".to_owned()));
        };
        match deadline.wait_for(event, PollFlags::POLLIN) {
            Ok(true) => Ok(()),
            Ok(false) => Err(ProbeError::Silent { request, waited: self.manner.patience }),
            Err(errno) => Err(ProbeError::Protocol(errno.to_string())),
        }
    }

    /// Sends a request without waiting for the answer, for steps that block until the harness acts.
    pub fn begin(&mut self, request: &Request) -> Result<Pending<'_>, ProbeError> {
        let description = describe(request);
        let mut line = serde_json::to_vec(request).map_err(|error| ProbeError::Protocol(error.to_string()))?;
        line.push(b'\n');
        if self.stream.get_mut().write_all(&line).is_err() {
            return Err(ProbeError::Gone { request: description });
        }
        Ok(Pending { probe: self, description, prepares: Doctor::prepares(request) })
    }

    /// Asks, and tells a refusal of the kernel from everything else.
    pub fn attempt(&mut self, request: &Request) -> Result<Result<Reply, Errno>, ProbeError> {
        self.begin(request)?.answer()
    }

    /// Asks; a refusal of the kernel is an error.
    pub fn ask(&mut self, request: &Request) -> Result<Reply, ProbeError> {
        self.begin(request)?.finish()
    }

    fn receive<T: DeserializeOwned>(&mut self, description: &str) -> Result<T, ProbeError> {
        let deadline = Deadline::after(self.manner.patience);
        let mut line = Vec::new();
        loop {
            if self.stream.buffer().is_empty() && !self.readable(deadline)? {
                return Err(ProbeError::Silent { request: description.to_owned(), waited: self.manner.patience });
            }
            let available = self.stream.fill_buf().unwrap_or_default();
            if available.is_empty() {
                return Err(ProbeError::Gone { request: description.to_owned() });
            }
            let end = available.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(available.len(), |end| end + 1);
            line.extend_from_slice(&available[..used]);
            self.stream.consume(used);
            if end.is_some() {
                return serde_json::from_slice(&line).map_err(|error| ProbeError::Protocol(error.to_string()));
            }
        }
    }

    fn readable(&self, deadline: Deadline) -> Result<bool, ProbeError> {
        deadline
            .wait_for(self.stream.get_ref(), PollFlags::POLLIN)
            .map_err(|errno| ProbeError::Protocol(errno.to_string()))
    }

    /// Whether nothing that was sent is still to be taken.
    fn has_taken_all(&self) -> Result<bool, ProbeError> {
        // On a socket the number of TIOCOUTQ is SIOCOUTQ.
        ioctl(self.stream.get_ref(), IoctlName::Tiocoutq, 0)
            .map(|bytes| bytes == 0)
            .map_err(|errno| ProbeError::Protocol(errno.to_string()))
    }

    /// Whether the scheduler says that the process sleeps until something happens.
    fn is_asleep(&self) -> Result<bool, ProbeError> {
        let path = PathBuf::from(format!("/proc/{}/stat", self.outside_pid));
        let line = std::fs::read_to_string(&path).map_err(ProbeError::setup("reading", &path))?;
        let state = line.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        Ok(state == Some('S'))
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
    prepares: bool,
}

impl Pending<'_> {
    /// Waits for the answer; a refusal of the kernel is an error.
    pub fn finish(self) -> Result<Reply, ProbeError> {
        let reply = self.probe.receive(&self.description)?;
        match reply {
            Reply::Failed(errno) => Err(ProbeError::Refused { request: self.description, errno }),
            // What must succeed is no observation.
            Reply::Done => Ok(reply),
            reply => Ok(self.probe.manner.doctor.answer(self.prepares, reply)),
        }
    }

    /// Waits for the answer, and tells a refusal of the kernel from everything else.
    pub fn answer(self) -> Result<Result<Reply, Errno>, ProbeError> {
        let reply = self.probe.receive(&self.description)?;
        match self.probe.manner.doctor.answer(self.prepares, reply) {
            Reply::Failed(errno) => Ok(Err(errno)),
            reply => Ok(Ok(reply)),
        }
    }

    /// Whether the answer has not come yet: a look, not a wait.
    pub fn is_waiting(&self) -> bool {
        self.probe.is_busy()
    }

    /// Waits until the process either sleeps in the step, or has answered; whether it sleeps.
    ///
    /// Nobody is told when a process falls asleep, so this looks again and again: it has taken the request, and
    /// the scheduler calls it sleeping. proc_pid_stat(5), unix(7) `SIOCOUTQ`.
    pub fn sleeps(&self) -> Result<bool, ProbeError> {
        let deadline = Deadline::after(self.probe.manner.patience);
        while !deadline.is_over() {
            let asleep = self.probe.has_taken_all()? && self.probe.is_asleep()?;
            // In this order: once it has answered, it sleeps until it is asked again.
            if !self.is_waiting() {
                return Ok(false);
            }
            if asleep {
                return Ok(true);
            }
            std::thread::yield_now();
        }
        Err(ProbeError::Silent { request: self.description.clone(), waited: self.probe.manner.patience })
    }
}

/// A request in a few words; long bytes are cut.
fn describe(request: &Request) -> String {
    let mut text = format!("{request:?}");
    if text.len() > 160 {
        let cut = (0..=157).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0);
        text.truncate(cut);
        text.push_str("...");
    }
    text
}
