//! `ptyproof list`.

use super::coverage;
use crate::arguments::List;
use crate::exit::Refusal;
use crate::filter::{Breadth, select};
use ptyproof_harness::case::{Case, Level, Need};
use serde::Serialize;

/// One case for programs.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    title: &'static str,
    requirement: &'static str,
    level: Level,
    needs: Vec<&'static str>,
    covers: &'static [&'static str],
    references: Vec<String>,
}

/// The cases, a line for each or as JSON.
pub fn list(arguments: &List, cases: Vec<&'static Case>) -> Result<String, Refusal> {
    if arguments.coverage {
        return coverage::list(arguments.json);
    }
    let cases = select(cases, &arguments.filters, Breadth::All)?;
    if !arguments.json {
        return Ok(table(&cases));
    }
    let entries: Vec<Entry> = cases.into_iter().map(entry).collect();
    let text = serde_json::to_string_pretty(&entries).map_err(Refusal::machine)?;
    Ok(text + "\n")
}

fn entry(case: &'static Case) -> Entry {
    Entry {
        id: case.id,
        title: case.title,
        requirement: case.requirement,
        level: case.level,
        needs: case.needs.iter().map(|need| need.name()).collect(),
        covers: case.covers,
        references: case.references.iter().map(ToString::to_string).collect(),
    }
}

fn table(cases: &[&Case]) -> String {
    let width = cases.iter().map(|case| case.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for case in cases {
        let needs: Vec<&str> = case.needs.iter().copied().map(Need::name).collect();
        let level = case.level.to_string();
        text.push_str(&format!("{:width$}  {level:10}  {}", case.id, case.title));
        if !needs.is_empty() {
            text.push_str(&format!(" [needs {}]", needs.join(", ")));
        }
        text.push('\n');
    }
    text
}
