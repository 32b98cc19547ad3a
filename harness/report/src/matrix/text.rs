//! The table for people, on 80 columns.

use super::{Area, Matrix, Tally};
use crate::comparison::{Aspect, Difference, Seen, WIDTH, count};
use crate::width::{fit, wrap};
use indexmap::IndexMap;

/// So many differing behaviours are named; `ptyproof compare` tells all, and what was seen.
const NAMED: usize = 20;

const LEGEND: &str = "\
A number says how many do not do as they must or should; `.` all do; a number with `!` also counts errors of the harness or the \
machine; `-` none was judged.";

impl Matrix {
    /// The targets by number, a line for each area, and the first of the behaviours on which targets differ.
    pub fn text(&self) -> String {
        let mut lines = vec![format!("{} by {}", count(self.targets.len(), "target"), count(self.areas.len(), "area"))];
        for (number, target) in (1..).zip(&self.targets) {
            lines.extend(wrap(&format!("{number:>3}  {}  {}", target.name, target.target), WIDTH, 5));
        }
        lines.push(String::new());
        lines.extend(wrap(LEGEND, WIDTH, 0));
        lines.push(String::new());
        lines.extend(self.table());
        lines.extend(self.first_differences());
        lines.push(String::new());
        lines.join("\n")
    }

    /// As many columns beside each other as fit, and the rest in a further table.
    fn table(&self) -> Vec<String> {
        let names = self.areas.iter().map(|area| area.name.len()).chain(["all".len()]);
        let first = names.max().unwrap_or(0).min(WIDTH / 2);
        let total = Area {
            name: "all".to_owned(),
            cases: self.areas.iter().map(|area| area.cases).sum(),
            tallies: (0..self.targets.len()).map(|target| self.total(target)).collect(),
        };
        let rows: Vec<(String, Vec<String>)> = self.areas.iter().chain([&total]).map(row).collect();
        let cells = rows.iter().flat_map(|(_, cells)| cells).map(String::len);
        let width = cells.chain([self.targets.len().to_string().len()]).max().unwrap_or(1) + 2;
        let together = ((WIDTH - first - 6) / width).max(1);
        let mut lines = Vec::new();
        let numbers: Vec<usize> = (0..self.targets.len()).collect();
        for columns in numbers.chunks(together) {
            let line = |name: &str, cases: &str, cells: &mut dyn Iterator<Item = String>| {
                let cells: String = cells.map(|cell| format!("{cell:>width$}")).collect();
                format!("{:first$} {cases:>5}{cells}", fit(name, first))
            };
            lines.push(line("area", "cases", &mut columns.iter().map(|column| (column + 1).to_string())));
            for ((name, cells), area) in rows.iter().zip(self.areas.iter().chain([&total])) {
                let cases = area.cases.to_string();
                lines.push(line(name, &cases, &mut columns.iter().map(|&column| cells[column].clone())));
            }
            lines.push(String::new());
        }
        lines
    }

    /// What came of all areas on one target.
    pub fn total(&self, target: usize) -> Tally {
        let tallies = self.areas.iter().filter_map(|area| area.tallies.get(target));
        tallies.fold(Tally::default(), Tally::and)
    }

    fn first_differences(&self) -> Vec<String> {
        let number = self.differences.len();
        if number == 0 {
            return vec!["no behaviour differs".to_owned()];
        }
        let names: Vec<&str> = self.targets.iter().map(|target| target.name.as_str()).collect();
        let mut lines =
            vec![format!("{} on which targets differ, the most important first", count(number, "behaviour"))];
        for difference in &self.differences[..number.min(NAMED)] {
            lines.push(format!("  {} ({})", difference.case, difference.level));
            for line in who(difference, &names) {
                lines.extend(wrap(&format!("    {line}"), WIDTH, 6));
            }
        }
        if number > NAMED {
            lines.push(format!("  and {} more; `ptyproof compare REPORT...` tells all", number - NAMED));
        }
        lines
    }
}

fn row(area: &Area) -> (String, Vec<String>) {
    (area.name.clone(), area.tallies.iter().map(cell).collect())
}

fn cell(tally: &Tally) -> String {
    match (tally.failed() + tally.broken(), tally.broken(), tally.met()) {
        (0, _, 0) => "-".to_owned(),
        (0, _, _) => ".".to_owned(),
        (number, 0, _) => number.to_string(),
        (number, _, _) => format!("{number}!"),
    }
}

/// For each thing that is seen, by whom: `fail: runc 1.1.5, crun 1.8`.
fn who(difference: &Difference, names: &[&str]) -> Vec<String> {
    let Some(point) = difference.points.first() else {
        return Vec::new();
    };
    let mut groups: IndexMap<String, Vec<&str>> = IndexMap::new();
    for (seen, name) in point.seen.iter().zip(names) {
        if let Some(seen) = seen {
            groups.entry(briefly(seen, &point.aspect)).or_default().push(name);
        }
    }
    groups.into_iter().map(|(seen, names)| format!("{seen}: {}", names.join(", "))).collect()
}

/// As few words as tell one from the other.
fn briefly(seen: &Seen, aspect: &Aspect) -> String {
    let what = match aspect {
        Aspect::Shows(what) | Aspect::Records(what) => format!("{what} "),
        Aspect::Verdict | Aspect::LeftBehind => String::new(),
    };
    let seen = match seen {
        Seen::Ended(ended) => ended.verdict.to_string(),
        Seen::Shows(shows) => shows.behaviour.clone(),
        Seen::Recorded(value) => value.clone(),
        Seen::LeftBehind(left) if left.is_empty() => "leaves nothing".to_owned(),
        Seen::LeftBehind(_) => "leaves something behind".to_owned(),
        Seen::Nothing => "nothing".to_owned(),
    };
    fit(&format!("{what}{seen}"), WIDTH)
}

#[cfg(test)]
mod tests {
    use super::super::Matrix;
    use crate::comparison::Explanations;
    use crate::comparison::test_reports::{ended, passed, recorded, runtime, with};
    use crate::test_results::golden;
    use crate::{Report, Verdict};
    use std::path::Path;

    fn text(sides: &[Report]) -> String {
        let sides: Vec<_> = sides.iter().map(|report| (Path::new("a.json"), report)).collect();
        Matrix::of(&sides, &Explanations::default()).text()
    }

    #[test]
    fn golden_of_three_runtimes() {
        let mut left = passed("leaks/cycles");
        left.teardown = vec!["process 7 (x) still runs".to_owned()];
        let good = [passed("console/identity"), passed("console/mode"), recorded("size/most", "limit", "4095")];
        let [fail, xfail] =
            [Verdict::Fail, Verdict::Xfail].map(|verdict| ended("console/identity", verdict, "it", "b"));
        let error = ended("console/mode", Verdict::Error, "no memory", "");
        let skip = ended("size/most", Verdict::Skip, "no size", "");
        golden(
            "matrix.txt",
            &text(&[
                with(runtime("runc version 1.1.5\nspec: 1", "6.1.0"), &good),
                with(runtime("crun version 1.8\n", "6.1.0"), &[fail, error, recorded("size/most", "limit", "4096")]),
                with(runtime("youki version 0.5\n", "6.1.0"), &[xfail, good[1].clone(), skip, left]),
            ]),
        );
    }

    #[test]
    fn many_targets_fit_into_80_columns_and_nothing_in_them_is_obeyed() {
        let hostile = with(runtime("\u{1b}]0;x\u{7}runc \u{202e}1", "6.1"), &[passed("\u{1b}[2J/x"), passed("a/b")]);
        let failing = with(runtime("x 1", "6.1"), &[ended("a/b", Verdict::Fail, "\u{9b}1m", "\u{1b}c")]);
        let all: Vec<Report> = (0..40).flat_map(|_| [hostile.clone(), failing.clone()]).collect();
        let text = text(&all);
        assert!(text.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{text:?}");
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }
}
