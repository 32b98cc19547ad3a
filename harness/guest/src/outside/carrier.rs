//! A command that starts a program in another kernel, and what comes back through it.

use super::boot::{Heard, Patience};
use crate::message::{Lines, Said};
use nix::poll::PollFlags;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use ptyproof_harness::deadline::Deadline;
use ptyproof_harness::runner::{Interrupt, clean_start};
use ptyproof_harness::target::{CommandError, Running};
use ptyproof_report::printable;
use std::collections::VecDeque;
use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Why a command is of no use.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum CarrierError {
    /// It is empty.
    #[error("there is no command; expected one that starts a program elsewhere, such as 'ssh root@node'")]
    Nothing,
    /// A quote is not closed.
    #[error("{line}: a quote has no end; expected words as a shell reads them")]
    Unquoted { line: String },
    /// It cannot be started.
    #[error("{0}")]
    NotStarted(#[from] CommandError),
    /// The channel to it cannot be made, or fails.
    #[error("the channel to the command: {0}")]
    Channel(#[from] io::Error),
}

/// A command that starts the program that is named behind its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    program: String,
    words: Vec<String>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says what its field is")]
pub enum Parting {
    /// By itself; its exit status and standard error in words.
    Ended { how: String },
    /// Nothing came back for so long.
    Silent { waited: Duration },
    /// Nothing came back for so long, and all of it when the command was asked to end.
    KeptBack { waited: Duration },
    /// What came back is no stream of messages.
    Broken { why: String },
    /// Whoever listened has heard enough.
    Enough,
    /// The run was asked to end.
    Interrupted,
}

/// What is left of a command that has ended.
#[derive(Clone, Debug)]
pub struct Parted {
    /// How it came to its end.
    pub parting: Parting,
    /// The last lines that came back and are no messages, escaped.
    pub words: String,
}

/// Whether the one who listens wants to hear more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// It goes on.
    Yes,
    /// All has been said: only its end is waited for.
    Said,
    /// It is to end.
    No,
}

/// How often somebody who watches is told the time.
const TICK: Duration = Duration::from_millis(100);

/// How long a command may take to end when all has been said, or when it is asked to.
const END: Duration = Duration::from_secs(10);

/// How long what it has said last may be on its way when it has ended.
const REST: Duration = Duration::from_secs(1);

/// So many pieces are taken before anything else is looked at.
const AT_ONCE: usize = 64;

/// So many lines that are no messages are kept, and so much of each is shown.
const KEPT: usize = 20;
const WIDTH: usize = 300;

impl Carrier {
    /// The words of a command line, as a shell reads them.
    pub fn parse(line: &str) -> Result<Self, CarrierError> {
        let unquoted = || CarrierError::Unquoted { line: printable(line) };
        let mut words = shlex::split(line).ok_or_else(unquoted)?.into_iter();
        let program = words.next().ok_or(CarrierError::Nothing)?;
        Ok(Self { program, words: words.collect() })
    }

    /// Starts a program elsewhere, and tells what comes back until it has ended, or a few times a second that nothing came.
    ///
    /// It gets neither a terminal nor input, so that nothing it asks is waited for. What it has started here ends with it.
    pub fn run(
        &self,
        program: &[String],
        patience: Patience,
        interrupt: Option<&Interrupt>,
        tell: &mut dyn FnMut(Heard) -> More,
    ) -> Result<Parted, CarrierError> {
        let (stream, theirs) = io::pipe()?;
        let mut command = Command::new(&self.program);
        command.args(&self.words).args(program);
        command.stdin(Stdio::null()).stdout(theirs).stderr(Stdio::piped());
        // SAFETY: clean_start does only what is async-signal-safe.
        unsafe {
            command.pre_exec(clean_start);
        }
        // The command itself holds the other end of the stream until it has started.
        let running = Running::start_with_streams(command)?;
        let mut life = Life {
            running,
            ended: None,
            stream: Some(stream),
            lines: Lines::default(),
            words: VecDeque::new(),
            began: Instant::now(),
            lately: None,
            said: None,
        };
        let (known, failure) = match life.listen(patience, interrupt, tell) {
            Ok(known) => (known, None),
            Err(failure) => (None, Some(failure)),
        };
        let parted = life.end(known, tell);
        failure.map_or(Ok(parted), Err)
    }
}

/// A command that runs.
struct Life {
    running: Running,
    /// When it was seen to have ended.
    ended: Option<Instant>,
    /// Until its other end is closed.
    stream: Option<PipeReader>,
    lines: Lines,
    words: VecDeque<String>,
    began: Instant,
    /// When a message came last. Words of others do not count.
    lately: Option<Instant>,
    /// When all had been said.
    said: Option<Instant>,
}

impl Life {
    /// How it ends; nothing where it has ended by itself.
    fn listen(
        &mut self,
        patience: Patience,
        interrupt: Option<&Interrupt>,
        tell: &mut dyn FnMut(Heard) -> More,
    ) -> Result<Option<Parting>, CarrierError> {
        loop {
            self.wait(interrupt)?;
            let more = match self.messages(tell) {
                Ok(More::Yes) => tell(Heard::Nothing),
                Ok(more) => more,
                Err(why) => return Ok(Some(Parting::Broken { why })),
            };
            // A full pipe would stop it.
            self.running.take_what_is_there();
            match more {
                More::Yes => {}
                More::Said => drop(self.said.get_or_insert_with(Instant::now)),
                More::No => return Ok(Some(Parting::Enough)),
            }
            if interrupt.is_some_and(Interrupt::came) {
                return Ok(Some(Parting::Interrupted));
            }
            // Somebody whom it has left behind may still hold the stream.
            if self.stream.is_none() && self.ended.is_some() || self.ended.is_some_and(|since| since.elapsed() > REST) {
                return Ok(None);
            }
            if self.said.is_some_and(|since| since.elapsed() > END) {
                return Ok(Some(Parting::Enough));
            }
            if self.said.is_none()
                && let Some(waited) = self.too_long(patience)
            {
                return Ok(Some(Parting::Silent { waited }));
            }
        }
    }

    /// Sleeps until there is something to look at, or a tick.
    fn wait(&mut self, interrupt: Option<&Interrupt>) -> Result<(), CarrierError> {
        let exit = self.running.exit_event().as_fd();
        let exit = Some(exit).filter(|_| self.ended.is_none());
        let stream = self.stream.as_ref().map(AsFd::as_fd);
        let watched = exit.into_iter().chain(stream).chain(self.running.pipes()).chain(interrupt.map(AsFd::as_fd));
        let ready = Deadline::after(TICK).wait_for_any(watched).map_err(io::Error::from)?;
        if self.ended.is_none() && ready[0] {
            self.ended = Some(Instant::now());
        }
        Ok(())
    }

    /// Passes on the messages that there are now.
    fn messages(&mut self, tell: &mut dyn FnMut(Heard) -> More) -> Result<More, String> {
        let mut piece = [0; 64 << 10];
        let mut more = More::Yes;
        // One that never ends its output must not keep this from looking at the time.
        for _ in 0..AT_ONCE {
            let Some(stream) = &mut self.stream else { break };
            if !matches!(Deadline::after(Duration::ZERO).wait_for(&*stream, PollFlags::POLLIN), Ok(true)) {
                break;
            }
            let count = stream.read(&mut piece).map_err(|error| format!("reading what comes back: {error}"))?;
            if count == 0 {
                self.stream = None;
            }
            for said in self.lines.take_records(&piece[..count]).map_err(|error| error.to_string())? {
                match said {
                    Said::Message(message) => {
                        self.lately = Some(Instant::now());
                        more = tell(Heard::Message(message));
                    }
                    Said::Words(words) => self.keep(words),
                }
            }
        }
        Ok(more)
    }

    fn keep(&mut self, mut words: String) {
        words.truncate(WIDTH);
        if self.words.len() == KEPT {
            self.words.pop_front();
        }
        self.words.push_back(words);
    }

    /// How long was waited in vain, if so.
    fn too_long(&self, patience: Patience) -> Option<Duration> {
        let (since, limit) = match self.lately {
            Some(lately) => (lately, patience.silence),
            None => (self.began, patience.greeting),
        };
        (since.elapsed() > limit).then_some(limit)
    }

    /// Waits until it has ended, and nobody whom it has started holds its streams any more. What still comes is told where
    /// somebody listens.
    fn wait_for_the_end(&mut self, mut listener: Option<&mut dyn FnMut(Heard) -> More>) {
        // Where it has ended by itself, whoever still holds them may be meant to stay.
        let deadline = Deadline::after(if self.ended.is_some() && self.stream.is_none() { REST } else { END });
        let holds = |life: &Self| life.stream.is_some() || life.running.pipes().next().is_some();
        while (self.ended.is_none() || holds(self)) && !deadline.is_over() {
            if self.wait(None).is_err() {
                return;
            }
            self.running.take_what_is_there();
            if let Some(tell) = &mut listener {
                // What it says while it ends may be cut off anywhere.
                let _ = self.messages(tell);
                continue;
            }
            // It is of no interest, but who writes it must not wait for a reader.
            let Some(stream) = &mut self.stream else { continue };
            let some = Deadline::after(Duration::ZERO).wait_for(&*stream, PollFlags::POLLIN) == Ok(true);
            if some && !stream.read(&mut [0; 64 << 10]).is_ok_and(|count| count > 0) {
                self.stream = None;
            }
        }
    }

    /// Ends what still runs of it, and says how it came to that.
    fn end(mut self, mut known: Option<Parting>, tell: &mut dyn FnMut(Heard) -> More) -> Parted {
        let group = Pid::from_raw(self.running.pid());
        // It can only fail for one that has just ended. Who is asked can end the other side in order.
        let _ = killpg(group, Signal::SIGTERM);
        match (&known, self.lately) {
            (&Some(Parting::Silent { waited }), None) => {
                self.wait_for_the_end(Some(tell));
                if self.lately.is_some() {
                    known = Some(Parting::KeptBack { waited });
                }
            }
            _ => self.wait_for_the_end(None),
        }
        // While nobody has taken its status, its number is nobody else's. Those whom it has started are in its group.
        let _ = killpg(group, Signal::SIGKILL);
        let rest = self.lines.rest();
        if !rest.is_empty() {
            self.keep(rest);
        }
        let how = match self.running.finish(END) {
            Ok(finished) => finished.describe(),
            Err(error) => error.to_string(),
        };
        let words = self.words.into_iter().collect::<Vec<_>>().join("\n");
        Parted { parting: known.unwrap_or(Parting::Ended { how }), words }
    }
}
