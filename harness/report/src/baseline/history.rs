//! Since when and until when kernels behave as they do: a page, made from all baselines.

use super::{Baselines, KernelName, Observed, runs::runs_of};
use crate::{CaseId, Verdict, printable};
use indexmap::IndexSet;
use std::collections::BTreeMap;

const HEAD: &str = "\
# Kernels

What the kernels that were run were seen to do, behaviour by behaviour. `ptyproof compare --write-baselines cases/baselines
REPORT...` writes this page and the baselines beside it; a test fails where they do not agree.

*since* and *until* speak of the kernels that were run and say nothing of those between them. A kernel of a distribution
may hold more than its version was published with. *Linux* is all of those whose name begins with a number; the others have a
name of their own, and are none that came before or after them.
";

/// Each kernel that was seen to do something, with the value that it showed.
type Seen<'b> = Vec<(&'b KernelName, String)>;

/// By case, and by what was looked at.
type Rows<'b> = BTreeMap<(&'b CaseId, &'b str), Seen<'b>>;

impl Baselines {
    /// The page, as Markdown.
    pub fn page(&self) -> String {
        let mut page = HEAD.to_owned();
        let kernels = self.all.iter().map(|(name, baseline)| {
            let [release, architecture] = [&baseline.release, &baseline.architecture];
            vec![name.to_string(), code(release), code(architecture)]
        });
        page.push_str(&table(&["kernel", "release", "architecture"], kernels));
        let shows = self.rows(|observed| &observed.shows);
        let records = self.rows(|observed| &observed.records);
        let (shows_differ, shows) = split(shows);
        let (records_differ, records) = split(records);
        for (title, rows) in [
            ("Behaviours that are not the same on all", shows_differ),
            ("Values that are not the same on all", records_differ),
            ("Cases that do not pass", self.verdicts()),
            ("Behaviours that are the same on all", shows),
            ("Values that are the same on all", records),
        ] {
            page.push_str(&section(title, &rows));
        }
        page
    }

    fn rows(&self, of: fn(&Observed) -> &BTreeMap<String, String>) -> Rows<'_> {
        let mut rows = Rows::new();
        for (kernel, baseline) in &self.all {
            for (case, observed) in &baseline.cases {
                for (what, value) in of(observed) {
                    let seen = rows.entry((case, what.as_str())).or_default();
                    seen.push((kernel, value.clone()));
                }
            }
        }
        rows
    }

    /// The cases that do not pass everywhere, with all kernels: one that says nothing of a case passes it.
    fn verdicts(&self) -> Rows<'_> {
        let mut rows = Rows::new();
        let baselines = || self.all.values();
        let named = baselines().flat_map(|baseline| &baseline.cases);
        for (case, _) in named.filter(|(_, observed)| observed.verdict.is_some()) {
            let of = |observed: Option<&Observed>| match observed {
                Some(Observed { verdict: Some(verdict), reason, observed, .. }) => {
                    let parts = [Some(verdict.to_string()), reason.clone(), observed.clone()];
                    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
                }
                _ => Verdict::Pass.to_string(),
            };
            let all = self.all.iter();
            let seen = all.map(|(kernel, baseline)| (kernel, of(baseline.cases.get(case))));
            rows.insert((case, "verdict"), seen.collect());
        }
        rows
    }
}

/// First those that are not the same everywhere.
fn split(rows: Rows<'_>) -> (Rows<'_>, Rows<'_>) {
    rows.into_iter().partition(|(_, seen)| seen.iter().any(|(_, value)| *value != seen[0].1))
}

/// A line for each value of each row, in the order of the kernels that showed them first.
fn section(title: &str, rows: &Rows<'_>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let lines = rows.iter().flat_map(|((case, what), seen)| {
        let told: IndexSet<&str> = seen.iter().map(|(_, value)| value.as_str()).collect();
        let line = |value| vec![code(case.as_str()), code(what), code(value), kernels(seen, value)];
        told.into_iter().map(line).collect::<Vec<_>>()
    });
    let table = table(&["case", "looked at", "seen", "kernels"], lines);
    format!("\n## {title}\n{table}")
}

pub(super) fn table(head: &[&str], lines: impl Iterator<Item = Vec<String>>) -> String {
    let head_line = head.join(" | ");
    let mut text = format!("\n| {head_line} |\n{}|\n", "|---".repeat(head.len()));
    for line in lines {
        // A bar ends a cell even within code.
        let cells: Vec<String> = line.iter().map(|cell| cell.replace('|', r"\|")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// The kernels that showed a value: `until 5.10`, `5.18`, `6.1 ... 6.12`, `since 6.16`; those that are no Linux among others by
/// their names.
fn kernels(seen: &Seen<'_>, value: &str) -> String {
    let same = |(_, other): &(&KernelName, String)| *other == value;
    if seen.iter().all(same) {
        return "all".to_owned();
    }
    let (seen, others) = seen.split_at(seen.partition_point(|(name, _)| name.is_linux()));
    let mut ranges = runs_of(seen, |other| other == value, "Linux");
    ranges.extend(others.iter().filter(|one| same(one)).map(|(name, _)| name.to_string()));
    ranges.join(", ")
}

/// As code, whatever it holds: with as many backticks around it as are not in it.
pub(super) fn code(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 && !text.is_empty() { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}
