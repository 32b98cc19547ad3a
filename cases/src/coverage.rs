//! Which behaviours of the kernel's terminals are covered by which cases, and why the others are not.

use crate::all;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A group of behaviours of the catalogue: the letters of its ids, how many there are, and what they are about.
pub struct Group {
    /// The letters before the hyphen.
    pub letters: &'static str,
    /// Ids are numbered from 1 to this.
    pub count: u32,
    /// What they are about.
    pub about: &'static str,
}

const fn group(letters: &'static str, count: u32, about: &'static str) -> Group {
    Group { letters, count, about }
}

/// The catalogue of the kernel's behaviours, group by group.
pub const CATALOGUE: &[Group] = &[
    group("DV", 38, "devpts instances"),
    group("PT", 40, "the pair of master and slave"),
    group("PK", 11, "packet mode"),
    group("CT", 17, "the controlling terminal"),
    group("JC", 13, "job control"),
    group("HU", 9, "hang-up and exit"),
    group("WS", 7, "the window's size"),
    group("CN", 10, "a slave as console, and standard streams"),
    group("LC", 14, "canonical input"),
    group("LB", 7, "limits of the input queue"),
    group("LE", 17, "echo"),
    group("LX", 23, "line editing"),
    group("LS", 9, "signals of the keyboard"),
    group("LI", 13, "input flags"),
    group("LO", 11, "output flags"),
    group("LV", 9, "VMIN and VTIME"),
    group("LM", 12, "switching modes with input pending"),
    group("LF", 5, "flow control by ioctl"),
    group("LQ", 9, "queues and flushing"),
    group("MS", 9, "injected input, splice and more"),
];

/// What is known of one behaviour of the catalogue.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Its id, for example `DV-01`.
    pub id: String,
    /// The cases that cover it.
    pub cases: Vec<&'static str>,
    /// Why none does.
    pub reason: Option<String>,
}

/// What `uncovered.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uncovered {
    reasons: BTreeMap<String, String>,
}

/// Why `uncovered.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cases/uncovered.toml: {0}")]
pub struct CoverageError(#[from] toml::de::Error);

/// Every id of the catalogue with its cases or the reason why there is none, in the order of the catalogue.
pub fn coverage() -> Result<Vec<Coverage>, CoverageError> {
    let mut reasons = uncovered()?;
    let cases = all();
    let rows = ids().map(|id| {
        let covering = cases.iter().filter(|case| case.covers.contains(&id.as_str())).map(|case| case.id);
        Coverage { cases: covering.collect(), reason: reasons.remove(&id), id }
    });
    Ok(rows.collect())
}

fn uncovered() -> Result<BTreeMap<String, String>, CoverageError> {
    let text = include_str!("../uncovered.toml");
    Ok(toml::from_str::<Uncovered>(text)?.reasons)
}

fn ids() -> impl Iterator<Item = String> {
    let of = |group: &'static Group| (1..=group.count).map(|number| format!("{}-{number:02}", group.letters));
    CATALOGUE.iter().flat_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_behaviour_has_a_case_or_a_reason_and_not_both() {
        let rows = coverage().expect("the reasons are well-formed");
        let neither: Vec<_> =
            rows.iter().filter(|row| row.cases.is_empty() && row.reason.is_none()).map(|row| &row.id).collect();
        assert!(neither.is_empty(), "neither case nor reason: {neither:?}");
        let both: Vec<_> =
            rows.iter().filter(|row| !row.cases.is_empty() && row.reason.is_some()).map(|row| &row.id).collect();
        assert!(both.is_empty(), "a case, and a reason for none: {both:?}");
    }

    #[test]
    fn reasons_and_cases_cite_ids_that_exist() {
        let known: BTreeSet<String> = ids().collect();
        let reasons = uncovered().expect("the reasons are well-formed");
        let cited = all()
            .into_iter()
            .flat_map(|case| case.covers)
            .map(|&id| id.to_owned())
            // The catalogue of containers has ids without a hyphen.
            .filter(|id| id.contains('-'));
        let unknown: Vec<_> = reasons.into_keys().chain(cited).filter(|id| !known.contains(id)).collect();
        assert!(unknown.is_empty(), "no such ids: {unknown:?}");
    }

    #[test]
    fn the_catalogue_has_283_behaviours() {
        assert_eq!(ids().count(), 283);
    }
}
