//! What must hold, by the ids that cases cite in `covers`, and which cases look at it: `cases/catalogue/`.

use crate::all;
use ptyproof_harness::case::Level;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Behaviours of one area of the catalogue.
#[derive(Debug, Serialize)]
pub struct Group {
    /// What their ids begin with.
    pub ids: String,
    /// What they are about.
    pub about: String,
    /// In the order of their ids.
    pub behaviours: Vec<Behaviour>,
}

/// One behaviour of the catalogue, and what is known of it.
#[derive(Debug, Serialize)]
pub struct Behaviour {
    /// Its id, for example `DV-01`.
    pub id: String,
    /// What must hold, in one sentence.
    pub holds: String,
    /// How binding that is.
    pub level: Level,
    /// Where it is written.
    pub source: String,
    /// The cases that look at it.
    pub cases: Vec<&'static str>,
    /// Why none does.
    pub uncovered: Option<String>,
    /// Other ids whose cases look at the same.
    pub same_as: Vec<String>,
}

/// One file of the catalogue.
#[derive(Deserialize)]
struct File {
    group: Vec<Heading>,
    #[serde(flatten)]
    rows: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    ids: String,
    about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    holds: String,
    level: Level,
    source: String,
    uncovered: Option<String>,
    #[serde(default)]
    same_as: Vec<String>,
}

/// Why the catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cases/catalogue/{file}: {error}")]
pub struct CatalogueError {
    file: &'static str,
    error: Box<toml::de::Error>,
}

/// The whole catalogue with the cases of each behaviour, or the reason why there is none.
pub fn catalogue() -> Result<Vec<Group>, CatalogueError> {
    let mut cases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in all() {
        case.covers.iter().for_each(|id| cases.entry(id).or_default().push(case.id));
    }
    let mut groups = Vec::new();
    for &(file, text) in FILES {
        let mut file: File = toml::from_str(text).map_err(|error| CatalogueError { file, error: Box::new(error) })?;
        for Heading { ids, about } in file.group {
            let own = file.rows.extract_if(.., |id, _| letters(id) == ids);
            let behaviours = own.map(|(id, row)| Behaviour {
                cases: cases.remove(id.as_str()).unwrap_or_default(),
                id,
                holds: row.holds,
                level: row.level,
                source: row.source,
                uncovered: row.uncovered,
                same_as: row.same_as,
            });
            groups.push(Group { behaviours: behaviours.collect(), ids, about });
        }
    }
    Ok(groups)
}

/// What an id begins with: `DV` of `DV-01`, `A` of `A01`.
fn letters(id: &str) -> &str {
    id.trim_end_matches(|end: char| end.is_ascii_digit() || end == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn behaviours() -> Vec<Behaviour> {
        let groups = catalogue().unwrap_or_else(|error| panic!("{error}"));
        groups.into_iter().flat_map(|group| group.behaviours).collect()
    }

    #[test]
    fn every_row_belongs_to_a_group_of_its_file_and_is_numbered_without_a_gap() {
        let rows: usize = FILES.iter().map(|(_, text)| text.matches("\nholds = ").count()).sum();
        assert_eq!(behaviours().len(), rows, "a row whose letters no [[group]] of its file names");
        for group in catalogue().expect("it is well-formed") {
            for (behaviour, number) in group.behaviours.iter().zip(1..) {
                let hyphen = if group.ids.len() == 1 { "" } else { "-" };
                assert_eq!(behaviour.id, format!("{}{hyphen}{number:02}", group.ids));
            }
        }
    }

    #[test]
    fn every_behaviour_has_either_cases_or_a_reason_or_the_cases_of_another() {
        let rows = behaviours();
        let covered: BTreeSet<_> = rows.iter().filter(|row| !row.cases.is_empty()).map(|row| &row.id).collect();
        for row in &rows {
            let ways = [!row.cases.is_empty(), row.uncovered.is_some(), !row.same_as.is_empty()];
            assert_eq!(ways.iter().filter(|&&way| way).count(), 1, "{}: cases, uncovered, same_as: {ways:?}", row.id);
            assert!(row.same_as.iter().all(|id| covered.contains(id)), "{}: an id without cases", row.id);
        }
    }

    #[test]
    fn cases_cite_ids_that_exist() {
        let known: BTreeSet<String> = behaviours().into_iter().map(|row| row.id).collect();
        for case in all() {
            let unknown: Vec<_> = case.covers.iter().filter(|&&id| !known.contains(id)).collect();
            assert!(unknown.is_empty(), "{} covers {unknown:?}, which cases/catalogue/ does not have", case.id);
        }
    }
}
