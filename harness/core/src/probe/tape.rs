//! What a case hears of its processes, kept so that it can be tried once more without them, and without the kernel.

use super::control::ProbeError;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// One thing that is heard, in the order of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The process of that id has reported.
    Reported(i32),
    /// The process of that id has been asked this.
    Asked(i32, String),
    /// It has answered this; nothing, where it has ended instead.
    Answered(Option<String>),
    /// Whether it sleeps, or whether it has not answered yet.
    Is(bool),
}

/// Keeps what is heard, or plays it back.
#[derive(Debug, Default)]
pub(super) struct Tape {
    recorded: Option<RefCell<Vec<Heard>>>,
    played: Option<Rc<[Heard]>>,
    position: Cell<usize>,
    deviates: Cell<bool>,
}

impl Tape {
    /// Keeps what is heard.
    pub fn recording() -> Self {
        Self { recorded: Some(RefCell::default()), ..Self::default() }
    }

    /// Plays back what was heard before.
    pub fn playing(played: Rc<[Heard]>) -> Self {
        Self { played: Some(played), ..Self::default() }
    }

    /// What was kept.
    pub fn recorded(&self) -> Rc<[Heard]> {
        self.recorded.as_ref().map(|recorded| recorded.borrow().as_slice().into()).unwrap_or_default()
    }

    /// Whether it plays back, so that there are no processes.
    pub fn plays(&self) -> bool {
        self.played.is_some()
    }

    /// Whether the case has not done what it did when this was recorded.
    pub fn has_deviated(&self) -> bool {
        self.deviates.get()
    }

    /// What comes next: what is heard now, or what was heard then.
    pub fn hear(&self, now: impl FnOnce() -> Result<Heard, ProbeError>) -> Result<Heard, ProbeError> {
        let Some(played) = &self.played else {
            let heard = now()?;
            if let Some(recorded) = &self.recorded {
                recorded.borrow_mut().push(heard.clone());
            }
            return Ok(heard);
        };
        match played.get(self.position.replace(self.position.get() + 1)) {
            Some(heard) if !self.deviates.get() => Ok(heard.clone()),
            _ => Err(self.deviation()),
        }
    }

    /// What was heard is not what the case wants to hear.
    pub fn deviation(&self) -> ProbeError {
        self.deviates.set(true);
        ProbeError::Deviates
    }
}
