//! Reports in one table: targets by areas, and the behaviours on which targets differ, the most important first.
//!
//! A target is whatever a report is of: a runtime, a version of one, a kernel. It is a pure function of the reports.

mod importance;
mod tally;
mod text;

pub use tally::Tally;

use crate::comparison::{Aspect, Compared, Comparison, Difference, Explanations, Seen};
use crate::{CaseId, Report, Verdict};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::HashSet;
use std::path::Path;

/// Targets by areas, and the behaviours on which they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The columns. All lists of values are in this order.
    pub targets: Vec<Compared>,
    /// The rows, in the order of the reports' cases.
    pub areas: Vec<Area>,
    /// The behaviours on which targets differ, the most important first.
    pub differences: Vec<Difference>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Area {
    /// What the ids of its cases begin with, before the slash.
    pub name: String,
    /// How many cases the reports have in it together.
    pub cases: usize,
    /// What came of them, for each target.
    pub tallies: Vec<Tally>,
}

impl Matrix {
    /// Puts reports, each with the file that it was read from, into one table.
    pub fn of(sides: &[(&Path, &Report)], explanations: &Explanations) -> Self {
        let comparison = Comparison::of(sides, explanations);
        let mut differences = comparison.differences;
        differences.retain(is_of_those_who_do_it);
        Self { targets: comparison.reports, areas: areas(sides), differences: importance::sorted(differences) }
    }
}

/// Whether those targets differ that do what the case is about: of the others it is no behaviour.
fn is_of_those_who_do_it(difference: &Difference) -> bool {
    let ended = difference.points.iter().find(|point| point.aspect == Aspect::Verdict).map(|point| &point.seen);
    let does_it = |side: usize| {
        let seen = ended.and_then(|ended| ended[side].as_ref());
        !matches!(seen, Some(Seen::Ended(ended)) if ended.verdict == Verdict::NotApplicable)
    };
    difference.points.iter().any(|point| {
        let sides = point.seen.iter().enumerate().filter(|(side, _)| does_it(*side));
        let mut seen = sides.filter_map(|(_, seen)| seen.as_ref());
        let first = seen.next();
        seen.any(|other| Some(other) != first)
    })
}

fn areas(sides: &[(&Path, &Report)]) -> Vec<Area> {
    let mut areas: IndexMap<String, Area> = IndexMap::new();
    let mut known: HashSet<&CaseId> = HashSet::new();
    for (target, (_, report)) in sides.iter().enumerate() {
        for id in &report.selected {
            let name = crate::printable(id.area());
            let area = areas.entry(name).or_insert_with_key(|name| Area {
                name: name.clone(),
                cases: 0,
                tallies: vec![Tally::default(); sides.len()],
            });
            area.cases += usize::from(known.insert(id));
            area.tallies[target].selected += 1;
        }
        for result in &report.results {
            if let Some(area) = areas.get_mut(&crate::printable(result.area())) {
                area.tallies[target].add(result);
            }
        }
    }
    areas.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::test_reports::{ended, passed, recorded, runtime, with};
    use crate::{CaseResult, Level};

    fn matrix(sides: &[Report]) -> Matrix {
        let sides: Vec<_> = sides.iter().map(|report| (Path::new("a.json"), report)).collect();
        Matrix::of(&sides, &Explanations::default())
    }

    #[test]
    fn each_case_is_counted_in_its_area_for_each_target() {
        let mut left = passed("b/two");
        left.teardown = vec!["a mount".to_owned()];
        let one = with(runtime("one 1", "6.1"), &[passed("a/one"), ended("a/two", Verdict::Xfail, "x", "y"), left]);
        let mut other = with(runtime("two 1", "6.1"), &[passed("a/one"), ended("b/one", Verdict::Skip, "no", "")]);
        other.selected.push("b/two".into());
        let matrix = matrix(&[one, other]);
        let names: Vec<_> = matrix.areas.iter().map(|area| (area.name.as_str(), area.cases)).collect();
        assert_eq!(names, [("a", 2), ("b", 2)]);
        let [a, b] = [&matrix.areas[0].tallies, &matrix.areas[1].tallies];
        assert_eq!((a[0].met(), a[0].failed(), a[0].selected), (1, 1, 2));
        assert_eq!((a[1].met(), a[1].failed(), a[1].selected), (1, 0, 1));
        assert_eq!((b[0].met(), b[0].left_behind, b[0].unjudged()), (1, 1, 0));
        // One was skipped, and one was not done with when the run was interrupted.
        assert_eq!((b[1].met(), b[1].unjudged(), b[1].selected), (0, 2, 2));
    }

    #[test]
    fn what_matters_most_comes_first() {
        let with_level = |level, result: CaseResult| CaseResult { level, ..result };
        let fails = |id, level| with_level(level, ended(id, Verdict::Fail, "what", "that"));
        let ids = ["a/records", "a/skips", "a/should", "a/must", "a/security", "a/must-too"];
        let mut left = with_level(Level::Must, passed("a/left"));
        left.teardown = vec!["a mount".to_owned()];
        let bad = [
            recorded(ids[0], "w", "2"),
            with_level(Level::Security, ended(ids[1], Verdict::Skip, "no", "")),
            fails(ids[2], Level::Should),
            fails(ids[3], Level::Must),
            fails(ids[4], Level::Security),
            fails(ids[5], Level::Must),
            left,
        ];
        let mut good: Vec<_> = bad[1..].iter().map(|bad| with_level(bad.level, passed(bad.id.as_str()))).collect();
        good.push(recorded(ids[0], "w", "1"));
        let matrix = matrix(&[with(runtime("one 1", "6.1"), &bad), with(runtime("two 1", "6.1"), &good)]);
        let order: Vec<_> = matrix.differences.iter().map(|difference| difference.case.as_str()).collect();
        assert_eq!(order, ["a/security", "a/must", "a/must-too", "a/should", "a/left", "a/records", "a/skips"]);
    }

    #[test]
    fn who_does_not_do_it_differs_from_nobody() {
        let other = |id: &str| ended(id, Verdict::NotApplicable, "no engine", "");
        let one = with(runtime("one 1", "6.1"), &[passed("a/all"), passed("a/some"), recorded("a/value", "w", "1")]);
        let two = with(
            runtime("two 1", "6.1"),
            &[passed("a/all"), ended("a/some", Verdict::Fail, "x", "y"), other("a/value")],
        );
        let three = with(runtime("three 1", "6.1"), &[other("a/all"), other("a/some"), recorded("a/value", "w", "2")]);
        let matrix = matrix(&[one, two, three]);
        let differing: Vec<_> = matrix.differences.iter().map(|difference| difference.case.as_str()).collect();
        assert_eq!(differing, ["a/some", "a/value"]);
    }
}
