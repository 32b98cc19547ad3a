//! A whole run in one value.

use super::{CaseId, CaseResult, Environment, Event, Summary, Target};
use serde::{Deserialize, Serialize};

/// Version of the shape of [`Report`]. It grows when a field is removed, renamed or changes its meaning; readers
/// must ignore fields that they do not know.
pub const SCHEMA: u32 = 2;

/// A whole run. The JSON report is this value, and reads back into it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`] of the program that wrote it.
    pub schema: u32,
    /// Where it ran.
    pub environment: Environment,
    /// What was tested.
    pub target: Target,
    /// Whether a skip is a failure.
    pub strict: bool,
    /// The cases that were selected. Those without a result were not done with when the run was interrupted.
    pub selected: Vec<CaseId>,
    /// The results in the order of `selected`.
    pub results: Vec<CaseResult>,
    /// A count for each verdict.
    pub summary: Summary,
    /// How long it took.
    pub duration_ms: u64,
    /// Whether it was asked to end before all cases had.
    pub interrupted: bool,
}

/// Gathers events until the run has ended.
#[derive(Debug, Default)]
pub struct Collector {
    report: Option<Report>,
}

impl Collector {
    /// Takes the next event; the last one completes the report, which is given.
    pub fn take(&mut self, event: &Event<'_>) -> Option<Report> {
        match event {
            Event::Began { environment, target, selected, strict } => {
                self.report = Some(Report {
                    schema: SCHEMA,
                    environment: environment.clone().into_owned(),
                    target: target.clone().into_owned(),
                    strict: *strict,
                    selected: selected.to_vec(),
                    results: Vec::new(),
                    summary: Summary::default(),
                    duration_ms: 0,
                    interrupted: false,
                });
                None
            }
            Event::CaseBegan { .. } | Event::Tick { .. } => None,
            Event::CaseEnded(result) => {
                self.report.as_mut()?.results.push(result.clone().into_owned());
                None
            }
            Event::Ended { summary, took, interrupted } => {
                let mut report = self.report.take()?;
                report.summary = summary.clone().into_owned();
                report.duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                report.interrupted = *interrupted;
                sort(&mut report.results, &report.selected);
                Some(report)
            }
        }
    }
}

/// Results in the order in which their cases were selected.
pub(super) fn sort(results: &mut [CaseResult], selected: &[CaseId]) {
    results.sort_by_key(|result| selected.iter().position(|id| *id == result.id));
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn events_that_went_through_json_make_the_same_report() {
        let events = test_results::events_through_json().expect("they can be written and read");
        let mut collector = Collector::default();
        let report = events.iter().find_map(|event| collector.take(event));
        assert_eq!(report, Some(test_results::report()));
    }
}
