//! Falsifying one answer, to show that the case which got it would notice.

use ptyproof_probe::{Answer, Errno, other_refusal};
use std::cell::RefCell;

/// Lists the answers that a case looks at, and falsifies one of them when told to.
///
/// These are answers that carry a value, and where the case takes a refusal of the kernel for an answer, all. What only
/// has to succeed, and what only prepares (a new process, a new session), is none.
#[derive(Debug, Default)]
pub struct Falsifier {
    falsified: Option<usize>,
    seen: RefCell<Vec<&'static str>>,
}

impl Falsifier {
    /// Falsifies the answer of that number, counted from 0; with `None`, only lists.
    pub fn new(falsified: Option<usize>) -> Self {
        Self { falsified, seen: RefCell::default() }
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
