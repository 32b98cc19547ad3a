//! What a target did in one case, as far as two runs can be compared.

use super::stable::stable;
use crate::{CaseResult, Verdict, printable};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a target did in one case. How long it took and what was said on the terminals is no part of it, nor is what
/// differs from run to run by nature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behaviour {
    /// How the case ended; nothing for one that was not done with when its run was interrupted.
    pub ended: Option<Ended>,
    /// Whether it failed in a way that is known to be a race within the target, so that it passes at other times.
    pub by_luck: bool,
    /// Which of several accepted behaviours was seen, by what was looked at.
    pub shown: BTreeMap<String, Shows>,
    /// Values that were recorded and not judged, by what was looked at.
    pub records: BTreeMap<String, String>,
    /// What was left behind.
    pub left_behind: Vec<String>,
}

/// How a case ended, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// The word.
    pub verdict: Verdict,
    /// Why, for a verdict that needs a reason.
    pub reason: Option<String>,
    /// What should have been there.
    pub expected: Option<String>,
    /// What was there.
    pub observed: Option<String>,
}

/// Which of several accepted behaviours was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shows {
    /// The name of the behaviour.
    pub behaviour: String,
    /// What was seen, where that is known.
    pub value: Option<String>,
}

/// What a verdict says of the target. An expectation turns a failure into `xfail`: that is knowledge of ours and no
/// behaviour, so `fail` and `xfail` are the same here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Does as it must, or was only looked at.
    Met,
    /// Does not.
    NotMet,
    /// Was not asked.
    Inapplicable,
    /// Was not judged.
    Skipped,
    /// Did not come to an end.
    TimedOut,
    /// Was not judged, by our own fault.
    Broken,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass | Verdict::Info | Verdict::Xpass => Self::Met,
            Verdict::Fail | Verdict::Warn | Verdict::Xfail => Self::NotMet,
            Verdict::NotApplicable => Self::Inapplicable,
            Verdict::Skip => Self::Skipped,
            Verdict::Timeout => Self::TimedOut,
            Verdict::Error => Self::Broken,
        }
    }
}

impl Behaviour {
    /// Whether the case came to its end, so that what it did not see is not there.
    pub(super) fn is_whole(&self) -> bool {
        let ended = self.ended.as_ref();
        ended.is_some_and(|ended| Outcome::from(ended.verdict) == Outcome::Met)
    }
}

impl From<&CaseResult> for Behaviour {
    fn from(result: &CaseResult) -> Self {
        let records = result.records.iter();
        let records = records.map(|record| (printable(&record.what), stable(record.value.as_words())));
        let shown = || result.shown.iter();
        let behaviours = shown().map(|one| (printable(&one.what), printable(&one.behaviour)));
        let values = shown().map(|one| (printable(&one.what), stable(one.value.as_words())));
        let mut values = by_what(values);
        let shown = by_what(behaviours).into_iter().map(|(what, behaviour)| {
            let value = values.remove(&what);
            (what, Shows { behaviour, value })
        });
        Self {
            ended: Some(Ended {
                verdict: result.verdict,
                reason: result.reason.as_deref().map(stable),
                expected: result.expected.as_ref().map(|value| stable(value.as_words())),
                observed: result.observed.as_ref().map(|value| stable(value.as_words())),
            }),
            by_luck: result.verdict == Verdict::Xfail && result.known.as_ref().is_some_and(|known| known.now_and_then),
            shown: shown.collect(),
            records: by_what(records),
            left_behind: result.teardown.iter().map(|left| stable(left)).collect(),
        }
    }
}

/// What was looked at several times is compared as a sequence.
fn by_what(all: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut sequences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (what, value) in all {
        sequences.entry(what).or_default().push(value);
    }
    let joined = sequences.into_iter().map(|(what, mut values)| {
        // The same each time needs to be said once only.
        if values.iter().all(|value| *value == values[0]) {
            values.truncate(1);
        }
        (what, values.join(", then "))
    });
    joined.collect()
}
