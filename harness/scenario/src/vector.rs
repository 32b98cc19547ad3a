//! Scenarios with what must come of them.

use crate::modes::Change;
use crate::pattern::Pattern;
use crate::scenario::{Action, Look, MOST};
use ntty::Signal;
use std::fmt;

/// One behaviour of the line discipline: a scenario, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// A name of lower-case words that no other vector has.
    pub id: String,
    /// What is done.
    pub title: String,
    /// Ids of the catalogue.
    pub covers: Vec<String>,
    /// How the settings differ from the kernel's default when it begins.
    pub termios: Change,
    /// What may come of it: one thing, or one per [`Profile`].
    pub outcomes: Vec<Outcome>,
}

/// Which behaviour a kernel shows, where kernels differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// What kernels did before a change.
    Old,
    /// What some kernels did in between by mistake.
    Broken,
    /// What the newest kernels do.
    New,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Old, Self::Broken, Self::New];

    /// Its name in vectors and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Broken => "broken",
            Self::New => "new",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that may come of a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which kernels do so; none where all do.
    pub profile: Option<Profile>,
    /// What is done, and what comes of each step.
    pub steps: Vec<Expected>,
    /// What one last read gets, where something is left unread at the end.
    pub left: Option<Vec<u8>>,
}

/// One step and what must come of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// What is done; nothing where the step only looks.
    pub action: Option<Action>,
    /// What must come of it.
    pub expectation: Expectation,
}

/// What must be seen after an action, once the terminal is quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// How much is taken of what is typed or written; none means all of it.
    pub taken: Option<usize>,
    /// What has reached the master since the step before.
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
            readable: self.readable.is_some(),
            writable: self.writable.is_some(),
            unread: self.unread.is_some(),
            reads: self.reads.len() + usize::from(self.nothing),
            most: self.most,
        }
    }
}
