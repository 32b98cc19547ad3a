//! The events of a run.

use super::environment::{Environment, Target};
use super::verdict::Verdict;
use super::{Call, CaseId, Entry, Evidence, Level, Record, Shown, Stopped};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, time::Duration};

/// One event of a run. These are all that a reporter gets to know.
///
/// Told within a process, an event borrows what it is about. Read from elsewhere, such as a guest, it owns it: as
/// `Event<'static>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event<'e> {
    /// The run begins.
    Began {
        /// Where it runs.
        environment: Cow<'e, Environment>,
        /// What is tested.
        target: Cow<'e, Target>,
        /// The cases that were selected, in the order of a report.
        selected: Cow<'e, [CaseId]>,
        /// Whether a skip is a failure.
        strict: bool,
    },
    /// A case begins.
    CaseBegan {
        /// The case's id.
        id: Cow<'e, CaseId>,
    },
    /// A case has ended. Cases end in any order.
    CaseEnded(Cow<'e, CaseResult>),
    /// Nothing but time: comes a few times a second, so that somebody who watches sees that the run lives.
    Tick {
        /// How long the run lasts already.
        elapsed: Duration,
    },
    /// The run has ended.
    Ended {
        /// A count for each verdict.
        summary: Cow<'e, Summary>,
        /// How long it took.
        took: Duration,
        /// Whether it was asked to end before all cases had.
        interrupted: bool,
    },
}

/// Takes events. A reporter never judges and never computes a verdict anew.
pub trait Reporter {
    /// Takes the next event. An error, which names the file, ends this reporter's work and nobody else's.
    fn take(&mut self, event: &Event<'_>) -> std::io::Result<()>;
}

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Which case.
    pub id: CaseId,
    /// What was done.
    pub title: String,
    /// What must happen.
    pub requirement: String,
    /// How binding it is.
    pub level: Level,
    /// Where it is written.
    pub references: Vec<String>,
    /// Ids of the behaviour catalogue.
    pub covers: Vec<String>,
    /// The word that it ended with.
    pub verdict: Verdict,
    /// Why, for every verdict that needs a reason.
    pub reason: Option<String>,
    /// What should have been there.
    pub expected: Option<Evidence>,
    /// What was there.
    pub observed: Option<Evidence>,
    /// What is known of the case on this target, where an expectation says that it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// Values that were not judged.
    pub records: Vec<Record>,
    /// Which of several accepted behaviours the target shows.
    #[serde(default)]
    pub shown: Vec<Shown>,
    /// How many observations of the kernel's answers were made, where a probe made them.
    #[serde(default)]
    pub observations: usize,
    /// What was left behind: a second verdict, clean when empty.
    pub teardown: Vec<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// How long of that the target took to start containers: from each call until the container's process answered.
    #[serde(default)]
    pub starting_us: u64,
    /// What was said on each terminal.
    pub transcript: Vec<(String, Vec<Entry>)>,
    /// What was called, in its order: of what is not as expected, and with `-v` of every case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// The system calls of the target at which the case stopped it; as `calls`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<Stopped>,
    /// Where the bundle and all else of the case is kept, with `--keep`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

/// A failure that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Known {
    /// What happens instead of what must, in a sentence.
    pub because: String,
    /// What was observed when it became known.
    pub observed: String,
    /// Whether the case passes at other times, because the failure is a race within the target.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub now_and_then: bool,
    /// Where it is reported or documented.
    pub link: String,
}

impl CaseResult {
    /// `console` of `console/is-the-terminal`.
    pub fn area(&self) -> &str {
        self.id.area()
    }

    /// Whether a run with it ends in success.
    pub fn is_as_expected(&self, strict: bool) -> bool {
        self.verdict.is_as_expected(strict) && (self.teardown.is_empty() || self.verdict == Verdict::Xfail)
    }
}

/// A count for each verdict, and for cases that left something behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many cases ended with each verdict; verdicts that did not occur are 0.
    pub counts: BTreeMap<String, usize>,
    /// How many cases left something behind.
    pub left_behind: usize,
    /// Whether everything was as expected.
    pub as_expected: bool,
}

/// The verdicts that occurred, from good to bad, each with its count in words: `3 fail`.
pub(super) fn in_words(counts: &BTreeMap<String, usize>) -> impl Iterator<Item = (Verdict, String)> {
    Verdict::ALL.iter().filter_map(|&verdict| {
        let count = *counts.get(verdict.word())?;
        (count > 0).then(|| (verdict, format!("{count} {verdict}")))
    })
}

impl Summary {
    /// The verdicts that occurred, from good to bad, each with its count in words: `3 fail`.
    pub fn in_words(&self) -> impl Iterator<Item = (Verdict, String)> {
        in_words(&self.counts)
    }

    /// Counts. A run in which no case was judged is not as expected, nor is one that was interrupted.
    pub fn of(results: &[CaseResult], strict: bool, interrupted: bool) -> Self {
        let mut counts: BTreeMap<String, usize> =
            Verdict::ALL.iter().map(|verdict| (verdict.word().to_owned(), 0)).collect();
        for result in results {
            *counts.entry(result.verdict.word().to_owned()).or_default() += 1;
        }
        Self {
            counts,
            left_behind: results.iter().filter(|result| !result.teardown.is_empty()).count(),
            as_expected: !interrupted
                && results.iter().any(|result| result.verdict.says_something())
                && results.iter().all(|result| result.is_as_expected(strict)),
        }
    }
}
