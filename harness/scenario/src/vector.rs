//! Scenarios with what must come of them.

use crate::{change::Change, expectation::Expectation, scenario::Action};
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
    /// What may come of it: one thing, or one per [`Behaviour`].
    pub outcomes: Vec<Outcome>,
}

/// Which behaviour a kernel shows, where kernels differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// What kernels did before a change.
    Old,
    /// What some kernels did in between by mistake.
    Broken,
    /// What the newest kernels do.
    New,
}

impl Behaviour {
    /// From the oldest to the newest.
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

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that may come of a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which kernels do so; none where all do.
    pub behaviour: Option<Behaviour>,
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
