//! Reports side by side: of kernels, of runtimes, of versions. What differs is told by behaviour.
//!
//! Compared is what a target did: how each case ended, which of several accepted behaviours it showed, the values that
//! were recorded, and whether something was left behind. Durations and transcripts are not, nor is what differs
//! from run to run by nature.

mod behaviour;
mod difference;
mod explanation;
mod lines;
mod names;
mod settings;
mod stable;
#[cfg(test)]
pub(crate) mod test_reports;
#[cfg(test)]
mod tests;
mod text;

pub use behaviour::{Ended, Shows};
pub use difference::{Aspect, Point, Seen};
pub use explanation::{Explained, Explanation, Explanations, Setting};

pub(crate) use behaviour::Behaviour;
pub(crate) use difference::points;
pub(crate) use lines::{WIDTH, count, difference_lines, setting_lines};
pub(crate) use settings::{differing, sysctls};
pub(crate) use stable::stable;

pub use super::json::to_json;
use super::{CaseResult, Report, Target};
use crate::{CaseId, Level, printable};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Version of the shape of a [`Comparison`] as JSON.
pub const COMPARISON_SCHEMA: u32 = 1;

/// Reports side by side. Every text in it is one line that no terminal obeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// [`COMPARISON_SCHEMA`].
    pub schema: u32,
    /// What is compared. All lists of values are in this order.
    pub reports: Vec<Compared>,
    /// The cases that differ, in the order of the reports' cases.
    pub differences: Vec<Difference>,
    /// The cases that only some of the reports have.
    pub only_in_some: Vec<OnlyInSome>,
    /// The settings that differ and explain none of the differences.
    pub environment: Vec<Setting>,
    /// How many cases are the same in all reports that have them, which are two at least.
    pub same: usize,
}

/// One report of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// A short name, which no other report of the comparison has.
    pub name: String,
    /// The file.
    pub file: String,
    /// What was tested.
    pub target: String,
    /// A count for each verdict.
    pub counts: BTreeMap<String, usize>,
    /// How many cases left something behind.
    pub left_behind: usize,
    /// Whether the run was asked to end before all cases had.
    pub interrupted: bool,
}

/// A case that is not the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which case.
    pub case: CaseId,
    /// What is done.
    pub title: String,
    /// What must happen.
    pub requirement: String,
    /// How binding it is.
    pub level: Level,
    /// In what it differs.
    pub points: Vec<Point>,
    /// The settings that are known to bear on it, and differ, too.
    pub explained: Vec<Explained>,
}

/// A case that only some of the reports have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnlyInSome {
    /// Which case.
    pub case: CaseId,
    /// The names of the reports that have it.
    pub reports: Vec<String>,
}

impl Comparison {
    /// Compares reports, each with the file that it was read from.
    pub fn of(sides: &[(&Path, &Report)], explanations: &Explanations) -> Self {
        let reports: Vec<&Report> = sides.iter().map(|(_, report)| *report).collect();
        let compared = compared(sides);
        let settings = settings::of(&reports);
        let mut differences = Vec::new();
        let mut only_in_some = Vec::new();
        let mut same = 0;
        let indexed: Vec<_> = reports.iter().map(|report| indexed(report)).collect();
        for case in cases(&reports) {
            let behaviours: Vec<Option<Behaviour>> =
                indexed.iter().map(|report| report.get(case).map(|result| behaviour(*result))).collect();
            let having = behaviours.iter().flatten().count();
            if having < reports.len() {
                let names = compared.iter().zip(&behaviours);
                only_in_some.push(OnlyInSome {
                    case: printable_id(case),
                    reports: names
                        .filter(|(_, behaviour)| behaviour.is_some())
                        .map(|(report, _)| report.name.clone())
                        .collect(),
                });
            }
            let mut results = indexed.iter().filter_map(|report| *report.get(case)?);
            match (points(&behaviours), results.next_back()) {
                (_, None) => {}
                (points, Some(_)) if points.is_empty() => same += usize::from(having > 1),
                (points, Some(result)) => {
                    differences.push(Difference::of(result, points, explanations, &settings));
                }
            }
        }
        Self {
            schema: COMPARISON_SCHEMA,
            environment: unexplaining(settings, &differences),
            reports: compared,
            differences,
            only_in_some,
            same,
        }
    }

    /// How many cases are in two reports at least.
    pub fn in_common(&self) -> usize {
        self.same + self.differences.len()
    }
}

impl Difference {
    /// `result` is that of any run that has one: what it says of the case itself is the same for all.
    pub(crate) fn of(
        result: &CaseResult,
        points: Vec<Point>,
        explanations: &Explanations,
        settings: &[Setting],
    ) -> Self {
        Self {
            case: printable_id(&result.id),
            title: printable(&result.title),
            requirement: printable(&result.requirement),
            level: result.level,
            points,
            explained: explanations.of(&result.covers, settings),
        }
    }
}

/// The settings that explain none of the differences.
pub(crate) fn unexplaining(settings: Vec<Setting>, differences: &[Difference]) -> Vec<Setting> {
    let explains = |setting: &Setting| {
        let mut all = differences.iter().flat_map(|one| &one.explained);
        all.any(|explained| explained.by.name == setting.name)
    };
    settings.into_iter().filter(|setting| !explains(setting)).collect()
}

/// The id as one line that no terminal obeys.
pub(crate) fn printable_id(case: &CaseId) -> CaseId {
    printable(case.as_str()).as_str().into()
}

/// All cases of the reports: in the order of the first, then what the others have besides.
fn cases<'r>(reports: &[&'r Report]) -> Vec<&'r CaseId> {
    let mut seen = HashSet::new();
    reports.iter().flat_map(|report| &report.selected).filter(|case| seen.insert(*case)).collect()
}

/// What a report says of each of its cases: nothing of one that was not done with when the run was interrupted.
fn indexed(report: &Report) -> HashMap<&CaseId, Option<&CaseResult>> {
    let selected = report.selected.iter().map(|id| (id, None));
    let results = report.results.iter();
    selected.chain(results.map(|result| (&result.id, Some(result)))).collect()
}

fn behaviour(result: Option<&CaseResult>) -> Behaviour {
    result.map(Behaviour::from).unwrap_or_default()
}

fn compared(sides: &[(&Path, &Report)]) -> Vec<Compared> {
    let reports = names::names(sides).into_iter().zip(sides);
    let reports = reports.map(|(name, (path, report))| Compared {
        name,
        file: printable(&path.to_string_lossy()),
        target: printable(&tested(&report.target, &report.environment.kernel)),
        counts: report.summary.counts.iter().map(|(word, count)| (printable(word), *count)).collect(),
        left_behind: report.summary.left_behind,
        interrupted: report.interrupted,
    });
    reports.collect()
}

fn tested(target: &Target, kernel: &str) -> String {
    if target.is_kernel() {
        return format!("the kernel, Linux {kernel}");
    }
    let version = match target.version.lines().next() {
        Some(version) if !version.is_empty() => version,
        _ => &target.path,
    };
    format!("{version} on Linux {kernel}")
}
