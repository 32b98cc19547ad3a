//! One life of a guest, from its start to its end.

use super::machine::{Machine, MachineError, Started};
use super::monitor::MachineEvent;
use crate::message::{Lines, Message};
use ptyproof_harness::{deadline::Deadline, runner::Interrupt};
use ptyproof_report::printable;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// What is heard while a guest lives.
#[derive(Debug)]
pub enum Heard {
    /// A message.
    Message(Message<'static>),
    /// Nothing but time.
    Nothing,
}

/// How a guest has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says what its field is")]
pub enum Ending {
    /// It was turned off from inside.
    TurnedOff,
    /// Its kernel has panicked, and said this.
    Panic { said: String },
    /// It was reset: its processor could not go on, or somebody has restarted it.
    Reset,
    /// No message came for so long.
    Silent { waited: Duration },
    /// The program inside had nothing but the console to say why it cannot work.
    Unable { why: String },
    /// qemu has stopped it: its virtualisation cannot go on.
    Stopped,
    /// qemu, or the channels to it, failed; what is known of that.
    Failed { why: String },
    /// The run was asked to end.
    Interrupted,
}

/// A guest that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How the guest came to its end.
    pub ending: Ending,
    /// The last lines of its console.
    pub console: String,
    /// What qemu has said and how it has ended.
    pub qemu: String,
}

/// How long silence may last.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until the first message.
    pub greeting: Duration,
    /// Between any two messages.
    pub silence: Duration,
}

/// How often somebody who watches is told the time.
const TICK: Duration = Duration::from_millis(100);

/// A kernel that has panicked, and a machine that was turned off, end that soon.
const END: Duration = Duration::from_secs(10);

/// Starts a machine and listens until it has ended.
pub fn boot(
    machine: &Machine<'_>,
    patience: Patience,
    interrupt: Option<&Interrupt>,
    tell: &mut dyn FnMut(Heard),
) -> Result<Ended, MachineError> {
    let mut guest = Guest {
        machine: machine.start()?,
        lines: Lines::default(),
        lately: None,
        shutdown: None,
        began: Instant::now(),
        ending: None,
    };
    let ending = guest.listen(patience, interrupt, tell)?;
    guest.end(ending)
}

struct Guest {
    machine: Started,
    lines: Lines,
    /// When a message came last. Words on the console do not count: a kernel that hangs may say so again and again.
    lately: Option<Instant>,
    /// Why qemu says that the machine ends.
    shutdown: Option<String>,
    began: Instant,
    /// When it was first seen that it ends.
    ending: Option<Instant>,
}

impl Guest {
    /// How it ends, as far as that is known before qemu has ended; nothing where qemu has.
    fn listen(
        &mut self,
        patience: Patience,
        interrupt: Option<&Interrupt>,
        tell: &mut dyn FnMut(Heard),
    ) -> Result<Option<Ending>, MachineError> {
        loop {
            let ended = self.wait(interrupt)?;
            if let Err(why) = self.messages(tell) {
                return Ok(Some(Ending::Failed { why }));
            }
            self.machine.console.take();
            // Nobody reads it before the end, and a full pipe would stop the machine.
            self.machine.running.take_what_is_there();
            for event in self.machine.monitor.news() {
                match event {
                    MachineEvent::Shutdown { reason } => self.shutdown = Some(reason),
                    MachineEvent::Stopped if self.shutdown.is_some() => {}
                    MachineEvent::Stopped => return Ok(Some(Ending::Stopped)),
                }
            }
            if ended {
                return Ok(None);
            }
            if interrupt.is_some_and(Interrupt::came) {
                return Ok(Some(Ending::Interrupted));
            }
            if let Some(waited) = self.too_long(patience) {
                return Ok(Some(Ending::Silent { waited }));
            }
            tell(Heard::Nothing);
        }
    }

    /// Sleeps until there is something to look at, or a tick; whether qemu has ended.
    fn wait(&self, interrupt: Option<&Interrupt>) -> Result<bool, MachineError> {
        let Started { running, monitor, messages, .. } = &self.machine;
        let watched = [running.exit_event().as_fd(), messages.as_fd(), monitor.as_fd()].into_iter();
        let watched = watched.chain(running.pipes()).chain(interrupt.map(AsFd::as_fd));
        let ready = Deadline::after(TICK).wait_for_any(watched);
        Ok(ready.map_err(|errno| MachineError::Channels(errno.into()))?[0])
    }

    /// Passes on the messages that there are now.
    fn messages(&mut self, tell: &mut dyn FnMut(Heard)) -> Result<(), String> {
        let mut piece = [0; 64 << 10];
        loop {
            match self.machine.messages.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    let messages = self.lines.take(&piece[..count]);
                    for message in messages.map_err(|error| error.to_string())? {
                        self.lately = Some(Instant::now());
                        tell(Heard::Message(message));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("reading what the guest says: {error}")),
            }
        }
    }

    /// How long was waited in vain, if so.
    fn too_long(&mut self, patience: Patience) -> Option<Duration> {
        if self.machine.console.panic().is_some() || self.shutdown.is_some() {
            self.ending.get_or_insert_with(Instant::now);
        }
        let (since, limit) = match (self.ending, self.lately) {
            (Some(seen), _) => (seen, END),
            (None, Some(lately)) => (lately, patience.silence),
            (None, None) => (self.began, patience.greeting),
        };
        (since.elapsed() > limit).then_some(limit)
    }

    /// What all that is known says of the end. qemu ends here at the latest.
    fn end(self, known: Option<Ending>) -> Result<Ended, MachineError> {
        let Started { running, mut console, .. } = self.machine;
        let qemu = match known {
            Some(_) => first_line(&running.end().bytes),
            None => running.finish(END)?.describe(),
        };
        console.take_the_rest();
        let ending = match (known, console.panic(), console.word_from_inside()) {
            (Some(Ending::Interrupted), _, _) => Ending::Interrupted,
            (_, Some(said), _) => Ending::Panic { said: said.to_owned() },
            (_, _, Some(why)) => Ending::Unable { why: why.to_owned() },
            (Some(known), None, None) => known,
            (None, None, None) => by_itself(self.shutdown.as_deref(), &qemu),
        };
        Ok(Ended { ending, console: console.tail(), qemu })
    }
}

/// What comes after it is a dump of registers, if anything.
fn first_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    printable(text.lines().next().unwrap_or_default())
}

/// How a machine has ended that nobody has stopped.
fn by_itself(shutdown: Option<&str>, qemu: &str) -> Ending {
    match shutdown {
        Some("guest-shutdown") => Ending::TurnedOff,
        Some("guest-reset") => Ending::Reset,
        Some(other) => Ending::Failed { why: format!("qemu has ended the machine: {other}") },
        None => Ending::Failed { why: format!("qemu has ended: {qemu}") },
    }
}

#[cfg(test)]
mod tests;
