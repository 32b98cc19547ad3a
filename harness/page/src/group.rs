//! Targets that did the same in a case are told of together.

use indexmap::IndexMap;
use ptyproof_report::{CaseId, CaseResult, Direction, Entry, Report};
use std::collections::HashMap;
use std::path::Path;

/// Targets that did the same in a case.
#[derive(Debug)]
pub(crate) struct Group<'r> {
    /// Which, by their number.
    pub targets: Vec<usize>,
    /// What they did, with the times of the first; nothing where the run was interrupted before.
    pub result: Option<&'r CaseResult>,
}

/// A case, and what all targets did in it.
#[derive(Debug)]
pub(crate) struct Case<'r> {
    /// Which.
    pub id: &'r CaseId,
    /// What some report says of it, for what it says of the case itself.
    pub result: Option<&'r CaseResult>,
    /// Of each target: not selected, not done with, or what came of it.
    pub cells: Vec<Option<Option<&'r CaseResult>>>,
    /// The targets that have it, together with those that did the same.
    pub groups: Vec<Group<'r>>,
}

/// All cases of the reports by area, in the order of the first report, then what the others have besides.
pub(crate) fn by_area<'r>(sides: &[(&Path, &'r Report)]) -> IndexMap<String, Vec<Case<'r>>> {
    let mut cells: IndexMap<&CaseId, Vec<Option<Option<&CaseResult>>>> = IndexMap::new();
    for (target, (_, report)) in sides.iter().enumerate() {
        let results: HashMap<&CaseId, &CaseResult> = report.results.iter().map(|result| (&result.id, result)).collect();
        for id in &report.selected {
            let cells = cells.entry(id).or_insert_with(|| vec![None; sides.len()]);
            cells[target] = Some(results.get(id).copied());
        }
    }
    let mut areas: IndexMap<String, Vec<Case>> = IndexMap::new();
    for (id, cells) in cells {
        let result = cells.iter().find_map(|cell| (*cell)?);
        let case = Case { id, result, groups: groups(&cells), cells };
        areas.entry(id.area().to_owned()).or_default().push(case);
    }
    areas
}

fn groups<'r>(cells: &[Option<Option<&'r CaseResult>>]) -> Vec<Group<'r>> {
    let mut groups: Vec<Group> = Vec::new();
    for (target, cell) in cells.iter().enumerate() {
        let Some(result) = cell else {
            continue;
        };
        match groups.iter_mut().find(|group| same(group.result, *result)) {
            Some(group) => group.targets.push(target),
            None => groups.push(Group { targets: vec![target], result: *result }),
        }
    }
    // What fails is what somebody came for.
    groups.sort_by_key(|group| !group.result.is_some_and(|result| result.verdict.is_failure()));
    groups
}

fn same(one: Option<&CaseResult>, other: Option<&CaseResult>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return one.is_none() && other.is_none();
    };
    one.verdict == other.verdict
        && one.reason == other.reason
        && one.expected == other.expected
        && one.observed == other.observed
        && one.known == other.known
        && one.records == other.records
        && one.shown == other.shown
        && one.teardown == other.teardown
        && said(one).eq(said(other))
}

/// What was said, without the times, and however it came in pieces.
fn said(result: &CaseResult) -> impl Iterator<Item = (&str, Direction, Vec<u8>)> {
    result.transcript.iter().flat_map(|(name, entries)| {
        let turns = entries.chunk_by(|one, next| one.direction == next.direction);
        turns.map(|turn| (name.as_str(), turn[0].direction, turn.iter().flat_map(bytes).copied().collect()))
    })
}

fn bytes(entry: &Entry) -> &[u8] {
    &entry.bytes
}
