//! What came of the cases of one area on one target.

use crate::{CaseResult, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of verdicts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many cases were to run.
    pub selected: usize,
    /// How many ended with each verdict that occurred.
    pub counts: BTreeMap<Verdict, usize>,
    /// How many left something behind.
    pub left_behind: usize,
}

impl Tally {
    pub(super) fn add(&mut self, result: &CaseResult) {
        *self.counts.entry(result.verdict).or_default() += 1;
        self.left_behind += usize::from(!result.teardown.is_empty());
    }

    /// Both together.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.selected += other.selected;
        self.left_behind += other.left_behind;
        for (verdict, count) in &other.counts {
            *self.counts.entry(*verdict).or_default() += count;
        }
        self
    }

    fn of(&self, which: impl Fn(Verdict) -> bool) -> usize {
        self.counts.iter().filter(|(verdict, _)| which(**verdict)).map(|(_, count)| count).sum()
    }

    /// How many do as they must, whatever was expected, or were only looked at.
    pub fn met(&self) -> usize {
        self.of(|verdict| matches!(verdict, Verdict::Pass | Verdict::Info | Verdict::Xpass))
    }

    /// How many do not, known or not; what SHOULD be is among them.
    pub fn failed(&self) -> usize {
        self.of(Verdict::is_failure)
    }

    /// How many were not judged by the harness's or the machine's fault.
    pub fn broken(&self) -> usize {
        self.of(|verdict| verdict == Verdict::Error)
    }

    /// How many were not judged, for a reason, or because the run was interrupted before.
    pub fn unjudged(&self) -> usize {
        self.selected.saturating_sub(self.met() + self.failed() + self.broken())
    }
}
