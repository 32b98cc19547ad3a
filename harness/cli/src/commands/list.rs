use super::coverage;
use crate::filter::{Breadth, select};
use crate::{arguments::List, exit::Refusal};
use ptyproof_cases::{container_cases, kernel_cases};
use ptyproof_harness::case::{Case, Level, Need};
use ptyproof_report::deviation;
use serde::Serialize;
use std::collections::BTreeSet;

/// One case for programs.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    title: &'static str,
    requirement: &'static str,
    level: Level,
    r#for: Vec<&'static str>,
    needs: Vec<&'static str>,
    covers: &'static [&'static str],
    references: Vec<String>,
}

/// The cases, a line for each or as JSON.
pub fn list(arguments: &List, cases: Vec<&'static Case>) -> Result<String, Refusal> {
    if arguments.findings {
        return Ok(deviation::page(&ptyproof_cases::findings().map_err(Refusal::machine)?));
    }
    if arguments.coverage {
        return coverage::list(arguments.json);
    }
    let cases = select(cases, &arguments.filters, Breadth::All)?;
    if !arguments.json {
        return Ok(table(&cases));
    }
    let purpose = Purpose::known();
    let entries: Vec<Entry> = cases.into_iter().map(|case| entry(case, &purpose)).collect();
    let text = serde_json::to_string_pretty(&entries).map_err(Refusal::machine)?;
    Ok(text + "\n")
}

/// What cases say something of.
struct Purpose {
    containers: BTreeSet<&'static str>,
    kernel: BTreeSet<&'static str>,
}

impl Purpose {
    fn known() -> Self {
        let ids = |cases: Vec<&'static Case>| cases.into_iter().map(|case| case.id).collect();
        Self { containers: ids(container_cases()), kernel: ids(kernel_cases()) }
    }

    /// The terminal of a container, the kernel, or both. A case that is for neither kind of target is the guest's kernel's.
    fn of(&self, case: &Case) -> Vec<&'static str> {
        let container = self.containers.contains(case.id).then_some("container");
        let kernel = (container.is_none() || self.kernel.contains(case.id)).then_some("kernel");
        container.into_iter().chain(kernel).collect()
    }
}

fn entry(case: &'static Case, purpose: &Purpose) -> Entry {
    Entry {
        id: case.id,
        title: case.title,
        requirement: case.requirement,
        level: case.level,
        r#for: purpose.of(case),
        needs: needs(case),
        covers: case.covers,
        references: case.references.iter().map(ToString::to_string).collect(),
    }
}

fn table(cases: &[&Case]) -> String {
    let width = cases.iter().map(|case| case.id.len()).max().unwrap_or(0);
    let purpose = Purpose::known();
    let mut text = String::new();
    for case in cases {
        let needs = needs(case);
        let level = case.level.to_string();
        let of = purpose.of(case).join(", ");
        text.push_str(&format!("{:width$}  {of:17}  {level:10}  {}", case.id, case.title));
        if !needs.is_empty() {
            text.push_str(&format!(" [needs {}]", needs.join(", ")));
        }
        text.push('\n');
    }
    text
}

/// What a case cannot do without. That it may share a worker or is run before others is none of that.
pub fn needs(case: &Case) -> Vec<&'static str> {
    case.needs.iter().filter(|need| !matches!(need, Need::SharedWorker | Need::First)).map(|need| need.name()).collect()
}
