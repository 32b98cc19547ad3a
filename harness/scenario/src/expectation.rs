//! What must be seen after one action.

use crate::scenario::{Action, Look, MOST, Step};
use crate::{change::Character, pattern::Pattern, stage::Seen};
use ntty::{Read, Signal, Termios};

/// What must be seen after an action, once the terminal is quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// How much is taken of what is typed or written; none means all of it.
    pub taken: Option<usize>,
    /// The master does not read in this step: what has reached it stays there.
    pub hold: bool,
    /// What has reached the master since it last read.
    pub echo: Pattern,
    /// Statuses of packet mode, in order. ioctl_tty(2), TIOCPKT.
    pub status: Vec<u8>,
    /// Signals that the foreground process group got, each once, in the order of [`Signal`].
    pub signals: Vec<Signal>,
    /// Whether poll(2) says that the slave can be read.
    pub readable: Option<bool>,
    /// Whether poll(2) says that the slave can be written.
    pub writable: Option<bool>,
    /// How much FIONREAD says that can be read from the slave.
    pub unread: Option<i32>,
    /// What each read(2) of the slave gets; nothing is a read that returns 0.
    pub reads: Vec<Vec<u8>>,
    /// At most so many bytes in each read.
    pub most: usize,
    /// One more read finds nothing: it would block, or with VMIN and VTIME 0 returns 0.
    pub nothing: bool,
}

impl Default for Expectation {
    fn default() -> Self {
        Self {
            taken: None,
            hold: false,
            echo: Pattern::nothing(),
            status: Vec::new(),
            signals: Vec::new(),
            readable: None,
            writable: None,
            unread: None,
            reads: Vec::new(),
            most: MOST,
            nothing: false,
        }
    }
}

impl Expectation {
    /// What has to be looked at to judge it.
    pub fn look(&self) -> Look {
        Look {
            hold: self.hold,
            readable: self.readable.is_some(),
            writable: self.writable.is_some(),
            unread: self.unread.is_some(),
            reads: self.reads.len() + usize::from(self.nothing),
            most: self.most,
        }
    }

    /// What was seen, as what must be seen from now on. `termios` are the settings after the step.
    pub fn of(seen: &Seen, step: &Step, termios: &Termios) -> Self {
        let nothing = finds_nothing(termios);
        let found = seen.reads.iter().rposition(|read| *read != nothing);
        let found = &seen.reads[..found.map_or(0, |last| last + 1)];
        let bytes = |read: &Read| match read {
            Read::Bytes(bytes) => bytes.clone(),
            Read::WouldBlock => Vec::new(),
        };
        let all = step.action.as_ref().and_then(length);
        Self {
            taken: seen.taken.filter(|taken| Some(*taken) != all),
            hold: step.look.hold,
            echo: seen.echo.clone(),
            status: seen.status.clone(),
            signals: seen.signals.clone(),
            readable: seen.readable,
            writable: seen.writable,
            unread: seen.unread,
            reads: found.iter().map(bytes).collect(),
            most: if seen.reads.is_empty() { MOST } else { step.look.most },
            nothing: found.len() < seen.reads.len(),
        }
    }

    /// What is seen where it holds: after an action, with the settings of the moment.
    pub(crate) fn seen(&self, action: Option<&Action>, termios: &Termios) -> Seen {
        let reads = self.reads.iter().cloned().map(Read::Bytes);
        Seen {
            taken: action.and_then(length).map(|all| self.taken.unwrap_or(all)),
            echo: self.echo.clone(),
            status: self.status.clone(),
            signals: self.signals.clone(),
            readable: self.readable,
            writable: self.writable,
            unread: self.unread,
            reads: reads.chain(self.nothing.then(|| finds_nothing(termios))).collect(),
            race: false,
        }
    }
}

/// How much is typed or written.
fn length(action: &Action) -> Option<usize> {
    match action {
        Action::Type(bytes) | Action::Write(bytes) => Some(bytes.len()),
        _ => None,
    }
}

/// What a read that finds nothing comes to. termios(3), canonical and noncanonical mode.
fn finds_nothing(termios: &Termios) -> Read {
    let number = |character: Character| termios.cc[character.index()];
    let at_once = number(Character::VMIN) == 0 && number(Character::VTIME) == 0;
    match at_once && termios.lflag & ntty::lflag::ICANON == 0 {
        true => Read::Bytes(Vec::new()),
        false => Read::WouldBlock,
    }
}
