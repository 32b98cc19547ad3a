//! The conversation with a probe.

use super::{falsifier::Falsifier, tape::Heard};
use crate::scheduler::{has_ended, is_asleep};
use crate::{deadline::Deadline, pidfd::pidfd};
use humantime::format_duration;
use nix::poll::PollFlags;
use ptyproof_probe::ioctl::ioctl;
use ptyproof_probe::step::{End, Fork, Part};
use ptyproof_probe::{Answer, Ask, ChildGroup, Ending, Errno, Hello, IoctlName, Step, Told, Unread};
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::{marker::PhantomData, os::unix::fs::PermissionsExt, rc::Rc, time::Duration};

/// Why the probe did not answer.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ProbeError {
    /// It never connected.
    #[error("the container's process never reported: {why}")]
    NotConnected { why: String },
    /// The kernel refused the step, which is a call of a terminal or something else.
    #[error("{step}: {errno}")]
    Refused { step: String, call: Option<IoctlName>, errno: Errno },
    /// The process ended instead of answering.
    #[error("{step}: the process has ended")]
    Gone { step: String },
    /// No answer came in time.
    #[error("{step}: no answer within {}", format_duration(*.waited))]
    Silent { step: String, waited: Duration },
    /// Something other than an answer came.
    #[error("the program in the container sent something that is no answer: {0}")]
    Protocol(String),
    /// The process could not look at something.
    #[error("in the container's process: {0}")]
    Unread(#[from] Unread),
    /// The process is in another PID namespace than the harness and what it starts.
    #[error("the end of a program that a daemon has started cannot be seen from here")]
    Unseen,
    /// The case is tried without its processes, and does not do what it did with them.
    #[error("the case does not do what it did when it was recorded")]
    Deviates,
    /// The harness could not prepare something.
    #[error("{what} {}: {error}", path.display())]
    Setup { what: &'static str, path: PathBuf, error: io::Error },
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
    pub falsifier: Rc<Falsifier>,
}

/// Where one probe reports.
pub struct ControlSocket {
    /// None where a recording is played back.
    listener: Option<UnixListener>,
    inside: String,
    manner: Manner,
}

impl ControlSocket {
    /// Listens in `directory`, which its probe knows as `inside`. Everybody may connect, because the probe's user
    /// may be anybody.
    pub fn bind(directory: &Path, name: &str, inside: &str, manner: Manner) -> Result<Self, ProbeError> {
        let path = directory.join(name);
        let inside = format!("{inside}/{name}");
        if manner.falsifier.plays() {
            return Ok(Self { listener: None, inside, manner });
        }
        let listener = UnixListener::bind(&path).map_err(ProbeError::setup("listening at", &path))?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o777))
            .map_err(ProbeError::setup("opening the permissions of", &path))?;
        Ok(Self { listener: Some(listener), inside, manner })
    }

    /// Its path as the probe knows it.
    pub fn inside(&self) -> &str {
        &self.inside
    }

    /// Waits for the probe. The end of a process in `watched` ends the wait, unless the probe has connected.
    pub fn accept(self, watched: &[BorrowedFd<'_>]) -> Result<Probe, ProbeError> {
        let Some(listener) = self.listener else {
            return Conversation::played(self.manner);
        };
        let deadline = Deadline::after(self.manner.patience);
        let why = loop {
            match deadline.wait_for_any([listener.as_fd()].into_iter().chain(watched.iter().copied())) {
                Err(errno) => break errno.to_string(),
                Ok(ready) if ready[0] => return Conversation::meet(listener.accept(), self.manner),
                Ok(ready) if ready.contains(&true) => break "it ended first".to_owned(),
                Ok(_) if deadline.is_over() => {
                    break format!("nothing within {}", format_duration(self.manner.patience));
                }
                Ok(_) => {}
            }
        };
        Err(ProbeError::NotConnected { why })
    }
}

/// A process, in a container or not, that does as it is told.
pub type Probe = ptyproof_probe::Probe<Conversation>;

/// The conversation with one.
pub struct Conversation {
    stream: BufReader<UnixStream>,
    manner: Manner,
    pid: i32,
    outside_pid: i32,
    end_event: Option<OwnedFd>,
}

impl Conversation {
    fn meet<A>(accepted: io::Result<(UnixStream, A)>, manner: Manner) -> Result<Probe, ProbeError> {
        let (stream, _) = accepted.map_err(|error| ProbeError::NotConnected { why: error.to_string() })?;
        let mut probe = Self { stream: BufReader::new(stream), manner, pid: 0, outside_pid: 0, end_event: None };
        probe.outside_pid = probe.peer()?;
        // While its process exists, so that the number is not another's.
        probe.end_event = pidfd(probe.outside_pid).ok();
        let hello: Hello = parse(&probe.read_line("hello")?)?;
        probe.pid = hello.pid;
        probe.manner.falsifier.tape.hear(|| Ok(Heard::Reported(hello.pid)))?;
        Ok(ptyproof_probe::Probe(probe))
    }

    /// A conversation of a recording; nobody is at the other end.
    fn played(manner: Manner) -> Result<Probe, ProbeError> {
        let Heard::Reported(pid) = manner.falsifier.tape.hear(|| Err(ProbeError::Deviates))? else {
            return Err(manner.falsifier.tape.deviation());
        };
        let (stream, _) = UnixStream::pair().map_err(|error| ProbeError::NotConnected { why: error.to_string() })?;
        let stream = BufReader::new(stream);
        Ok(ptyproof_probe::Probe(Self { stream, manner, pid, outside_pid: 0, end_event: None }))
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
    pub fn end_and_wait(&mut self, ending: Ending) -> Result<(), ProbeError> {
        let step = End { ending };
        self.ask(step.clone())?;
        if self.manner.falsifier.plays() {
            return Ok(());
        }
        let deadline = Deadline::after(self.manner.patience);
        let silent = || ProbeError::Silent { step: step.to_string(), waited: self.manner.patience };
        let Some(event) = &self.end_event else {
            if self.outside_pid <= 0 {
                return Err(ProbeError::Unseen);
            }
            // Before Linux 5.3 nobody is told of the end of another's child, so this looks again and again.
            while !self.has_ended()? {
                if deadline.is_over() {
                    return Err(silent());
                }
                std::thread::yield_now();
            }
            return Ok(());
        };
        match deadline.wait_for(event, PollFlags::POLLIN) {
            Ok(true) => Ok(()),
            Ok(false) => Err(silent()),
            Err(errno) => Err(ProbeError::Protocol(errno.to_string())),
        }
    }

    /// Ends the conversation, and waits until nothing connects the process with it any more. It reports at `socket`, which
    /// lies beside its own, when it has read a byte from the descriptor.
    pub fn part(&mut self, socket: &ControlSocket, descriptor: i32) -> Result<(), ProbeError> {
        let step = Part { socket: socket.inside().to_owned(), descriptor };
        self.ask(step.clone())?;
        match self.read_line(&step.to_string()) {
            Err(ProbeError::Gone { .. }) => Ok(()),
            Ok(line) => Err(ProbeError::Protocol(line)),
            Err(error) => Err(error),
        }
    }

    /// Forks a child of the process that reports at `socket`, which lies beside the process's own.
    pub fn fork(&mut self, socket: ControlSocket, group: ChildGroup) -> Result<Probe, ProbeError> {
        self.ask(Fork { socket: socket.inside().to_owned(), group })?;
        socket.accept(&[])
    }

    /// Asks for a step without waiting for the answer, for those that block until the harness acts.
    pub fn begin<S: Step>(&mut self, step: S) -> Result<Pending<'_, S>, ProbeError> {
        let (words, call) = (step.to_string(), step.call());
        let line = step.line() + "\n";
        let asked = Heard::Asked(self.pid, line.clone());
        let falsifier = Rc::clone(&self.manner.falsifier);
        let heard = falsifier.tape.hear(|| match self.stream.get_mut().write_all(line.as_bytes()) {
            Ok(()) => Ok(asked.clone()),
            Err(_) => Ok(Heard::Answered(None)),
        })?;
        if heard == Heard::Answered(None) {
            return Err(ProbeError::Gone { step: words });
        }
        if heard != asked {
            return Err(falsifier.tape.deviation());
        }
        Ok(Pending { conversation: self, words, call, step: PhantomData })
    }

    fn receive<T: DeserializeOwned>(&mut self, words: &str) -> Result<T, ProbeError> {
        let falsifier = Rc::clone(&self.manner.falsifier);
        let heard = falsifier.tape.hear(|| match self.read_line(words) {
            Ok(line) => Ok(Heard::Answered(Some(line))),
            Err(ProbeError::Gone { .. }) => Ok(Heard::Answered(None)),
            Err(error) => Err(error),
        })?;
        match heard {
            Heard::Answered(Some(line)) => parse(&line),
            Heard::Answered(None) => Err(ProbeError::Gone { step: words.to_owned() }),
            _ => Err(falsifier.tape.deviation()),
        }
    }

    fn read_line(&mut self, words: &str) -> Result<String, ProbeError> {
        let deadline = Deadline::after(self.manner.patience);
        let mut line = Vec::new();
        loop {
            if self.stream.buffer().is_empty() && !self.readable(deadline)? {
                return Err(ProbeError::Silent { step: words.to_owned(), waited: self.manner.patience });
            }
            let available = self.stream.fill_buf().unwrap_or_default();
            if available.is_empty() {
                return Err(ProbeError::Gone { step: words.to_owned() });
            }
            let end = available.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(available.len(), |end| end + 1);
            line.extend_from_slice(&available[..used]);
            self.stream.consume(used);
            if end.is_some() {
                return String::from_utf8(line).map_err(|error| ProbeError::Protocol(error.to_string()));
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
        is_asleep(&path).map_err(ProbeError::setup("reading", &path))
    }

    /// Whether the process has ended, so that its parent can be told how.
    fn has_ended(&self) -> Result<bool, ProbeError> {
        has_ended(self.outside_pid).map_err(ProbeError::setup("looking at", Path::new("/proc")))
    }

    fn has_not_answered(&self) -> bool {
        let now = Deadline::after(Duration::ZERO);
        let input = now.wait_for(self.stream.get_ref(), PollFlags::POLLIN);
        self.stream.buffer().is_empty() && input == Ok(false)
    }

    fn hear_whether(&self, look: impl FnOnce() -> Result<bool, ProbeError>) -> Result<bool, ProbeError> {
        let tape = &self.manner.falsifier.tape;
        match tape.hear(|| Ok(Heard::Is(look()?)))? {
            Heard::Is(so) => Ok(so),
            _ => Err(tape.deviation()),
        }
    }
}

fn parse<T: DeserializeOwned>(line: &str) -> Result<T, ProbeError> {
    serde_json::from_str(line).map_err(|error| ProbeError::Protocol(error.to_string()))
}

impl Ask for Conversation {
    type Error = ProbeError;

    fn patience(&self) -> Duration {
        self.manner.patience
    }

    fn ask<S: Step>(&mut self, step: S) -> Result<Told<S>, ProbeError> {
        self.begin(step)?.finish()
    }

    fn try_ask<S: Step>(&mut self, step: S) -> Result<Result<Told<S>, Errno>, ProbeError> {
        self.begin(step)?.answer()
    }
}

/// A step whose answer has not been taken yet.
#[must_use = "a step without its answer leaves the conversation out of step"]
pub struct Pending<'p, S> {
    conversation: &'p mut Conversation,
    words: String,
    call: Option<IoctlName>,
    step: PhantomData<S>,
}

impl<S: Step> Pending<'_, S> {
    /// Waits for the answer; a refusal of the kernel is an error.
    pub fn finish(mut self) -> Result<Told<S>, ProbeError> {
        let answer = self.received(false)?;
        answer.map(S::Answer::told).map_err(|errno| ProbeError::Refused { step: self.words, call: self.call, errno })
    }

    /// Waits for the answer, and tells a refusal of the kernel from everything else.
    pub fn answer(mut self) -> Result<Result<Told<S>, Errno>, ProbeError> {
        Ok(self.received(true)?.map(S::Answer::told))
    }

    fn received(&mut self, refusable: bool) -> Result<Result<S::Answer, Errno>, ProbeError> {
        let answer = self.conversation.receive(&self.words)?;
        Ok(self.conversation.manner.falsifier.answer(S::NAME, refusable, answer))
    }

    /// Waits until the process either sleeps in the step, or has answered; whether it sleeps.
    ///
    /// Nobody is told when a process falls asleep, so this looks again and again: it has taken the step, and
    /// the scheduler calls it sleeping. proc_pid_stat(5), unix(7) `SIOCOUTQ`.
    pub fn sleeps(&self) -> Result<bool, ProbeError> {
        self.conversation.hear_whether(|| self.falls_asleep())
    }

    fn falls_asleep(&self) -> Result<bool, ProbeError> {
        let deadline = Deadline::after(self.conversation.manner.patience);
        while !deadline.is_over() {
            let asleep = self.conversation.has_taken_all()? && self.conversation.is_asleep()?;
            // In this order: once it has answered, it sleeps until it is asked again.
            if !self.conversation.has_not_answered() {
                return Ok(false);
            }
            if asleep {
                return Ok(true);
            }
            std::thread::yield_now();
        }
        Err(ProbeError::Silent { step: self.words.clone(), waited: self.conversation.manner.patience })
    }
}
