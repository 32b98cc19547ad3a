//! Falsifying one answer, to show that the case which got it would notice.

use super::tape::{Heard, Tape};
use ptyproof_probe::{Answer, Errno, other_refusal};
use std::{cell::RefCell, rc::Rc};

/// Lists the answers that a case looks at, and falsifies one of them when told to.
///
/// These are answers that carry a value, and where the case takes a refusal of the kernel for an answer, all. What only
/// has to succeed, and what only prepares (a new process, a new session), is none.
#[derive(Debug, Default)]
pub struct Falsifier {
    falsified: Option<usize>,
    seen: RefCell<Vec<&'static str>>,
    pub(super) tape: Tape,
}

impl Falsifier {
    /// Falsifies the answer of that number, counted from 0; with `None`, only lists.
    pub fn new(falsified: Option<usize>) -> Self {
        Self { falsified, ..Self::default() }
    }

    /// Only lists, and keeps what the case hears.
    pub fn recording() -> Self {
        Self { tape: Tape::recording(), ..Self::default() }
    }

    /// Plays back what the case has heard before, with one answer falsified. There are no processes.
    pub fn playing(heard: Rc<[Heard]>, falsified: usize) -> Self {
        Self { falsified: Some(falsified), tape: Tape::playing(heard), ..Self::default() }
    }

    /// What was kept.
    pub fn recorded(&self) -> Rc<[Heard]> {
        self.tape.recorded()
    }

    /// Whether it plays back.
    pub fn plays(&self) -> bool {
        self.tape.plays()
    }

    /// Whether the case has not done what it did when this was recorded.
    pub fn has_deviated(&self) -> bool {
        self.tape.has_deviated()
    }

    /// The answers, each by the name of its step.
    pub fn seen(&self) -> Vec<&'static str> {
        self.seen.borrow().clone()
    }

    /// What the case is told by a step; `refusable`, where a refusal of the kernel is an answer.
    pub(super) fn answer<A: Answer>(
        &self,
        step: &'static str,
        refusable: bool,
        answer: Result<A, Errno>,
    ) -> Result<A, Errno> {
        let falsified = match &answer {
            Ok(value) => value.falsified(),
            Err(errno) => Some(Err(other_refusal(*errno))),
        };
        match falsified {
            Some(Ok(_)) => {}
            Some(Err(_)) if refusable => {}
            _ => return answer,
        }
        let number = self.seen.borrow().len();
        self.seen.borrow_mut().push(step);
        if self.falsified == Some(number) { falsified.unwrap_or(answer) } else { answer }
    }
}
