//! A comparison for people, on 80 columns.

use super::lines::{WIDTH, count, difference_lines, setting_lines};
use super::{Comparison, OnlyInSome};
use crate::{event::in_words, width::wrap};
use indexmap::IndexMap;

impl Comparison {
    /// Differences first, then what only some have, the settings, and the totals.
    pub fn text(&self) -> String {
        let names = self.names();
        let mut lines = vec![self.headline(), String::new()];
        let widest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        for report in &self.reports {
            let line = format!("  {:widest$}  {} ({})", report.name, report.target, report.file);
            lines.extend(wrap(&line, WIDTH, widest + 4));
        }
        for difference in &self.differences {
            lines.push(String::new());
            lines.extend(difference_lines(difference, &names));
        }
        if !self.only_in_some.is_empty() {
            lines.push(String::new());
            lines.extend(only_in_some(&self.only_in_some));
        }
        lines.extend(setting_lines(&self.environment, &names));
        lines.push(String::new());
        lines.extend(self.totals(widest));
        lines.push(String::new());
        lines.join("\n")
    }

    fn names(&self) -> Vec<&str> {
        self.reports.iter().map(|report| report.name.as_str()).collect()
    }

    fn headline(&self) -> String {
        format!(
            "{} reports, {} in common: {}",
            self.reports.len(),
            count(self.in_common(), "case"),
            match self.differences.len() {
                0 => "no difference".to_owned(),
                number => count(number, "difference"),
            },
        )
    }

    /// Each report's verdicts, counted.
    fn totals(&self, widest: usize) -> Vec<String> {
        let lines = self.reports.iter().flat_map(|report| {
            let mut parts: Vec<String> = in_words(&report.counts).map(|(_, words)| words).collect();
            if report.left_behind > 0 {
                parts.push(format!("{} left something behind", report.left_behind));
            }
            if report.interrupted {
                parts.push("interrupted".to_owned());
            }
            let line = format!("{:widest$}  {}", report.name, parts.join(", "));
            wrap(&line, WIDTH, widest + 2)
        });
        lines.collect()
    }
}

/// Area by area, for often a whole area is missing.
fn only_in_some(all: &[OnlyInSome]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut groups: IndexMap<&[String], Vec<&str>> = IndexMap::new();
    for one in all {
        groups.entry(&one.reports).or_default().push(one.case.as_str());
    }
    for (reports, cases) in groups {
        let head = format!("only in {} ({})", reports.join(", "), count(cases.len(), "case"));
        lines.extend(wrap(&head, WIDTH, 8));
        let mut areas: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for case in cases {
            let (area, name) = case.split_once('/').unwrap_or(("", case));
            areas.entry(area).or_default().push(name);
        }
        for (area, names) in areas {
            let line = format!("  {area}/: {}", names.join(", "));
            lines.extend(wrap(&line, WIDTH, 4));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::test_reports::{ended, injection, kernel, passed, recorded, runtime, shows, with};
    use super::super::{Comparison, Explanations, to_json};
    use crate::test_results::golden;
    use crate::{CaseResult, Report, Verdict};
    use std::path::Path;

    const EXPLANATIONS: &str = r#"
        [[explains]]
        setting = "dev.tty.legacy_tiocsti"
        covers = ["MS-02"]
        because = "where it is 0, TIOCSTI is for CAP_SYS_ADMIN only"
        [[explains]]
        setting = "kernel.pty.max"
        covers = ["DV-31"]
        because = "it limits how many ptys there are"
    "#;

    fn compare(sides: &[(&str, Report)]) -> Comparison {
        let explanations = Explanations::parse("x", EXPLANATIONS).expect("well-formed");
        let sides: Vec<_> = sides.iter().map(|(path, report)| (Path::new(*path), report)).collect();
        Comparison::of(&sides, &explanations)
    }

    fn of_kernel(release: &str, tiocsti: Option<&str>, results: &[CaseResult]) -> Report {
        let mut report = with(kernel(release), results);
        if let Some(value) = tiocsti {
            let name = "dev.tty.legacy_tiocsti".to_owned();
            report.environment.sysctls.insert(name, value.to_owned());
        }
        report
    }

    /// Four kernels: one shows a behaviour of its own, one fails, one records something else, one lacks a case.
    fn kernels() -> Vec<(&'static str, Report)> {
        const WHAT: &str = "read after an exactly filled line, with a name that is longer than a line of the screen";
        let line = |behaviour, value| shows("kernel-line/exactly-filled", WHAT, behaviour, value);
        let limit = |value| recorded("kernel-limit/most", "the most that one write takes", value);
        let same = passed("kernel-size/starts-without-a-size");
        let good = || injection(Verdict::Pass, "");
        let bad = injection(Verdict::Fail, "Err(EIO)\u{1b}[31m");
        let old = [line("old", "Ok(0)"), good(), limit("4095"), same.clone()];
        let middle = [line("new", "Err(EAGAIN)"), bad, limit("4095"), same.clone()];
        let recent = [line("new", "Err(EAGAIN)"), good(), limit("4096"), same];
        vec![
            ("reports/5.10.json", of_kernel("5.10.0-33-cloud-amd64", None, &old)),
            ("reports/6.1.json", of_kernel("6.1.0-28-cloud-amd64", None, &recent[..3])),
            ("reports/6.2.json", of_kernel("6.2.16", Some("0"), &middle)),
            ("reports/6.18.json", of_kernel("6.18.44", Some("1"), &recent)),
        ]
    }

    #[test]
    fn golden_of_kernels() {
        golden("comparison-of-kernels.txt", &compare(&kernels()).text());
    }

    #[test]
    fn golden_of_runtimes() {
        let mut left = passed("leaks/cycles");
        left.teardown = vec!["process 7 (x) still runs".to_owned()];
        let one = [passed("console/identity"), passed("leaks/cycles"), passed("owner/ids")];
        let other = [ended("console/identity", Verdict::Xfail, "known thing", "a link"), left, passed("owner/ids")];
        let mut interrupted = with(runtime("runc version 1.1.5\nspec: 1", "6.1.0"), &one[..2]);
        interrupted.selected.push(one[2].id.clone());
        interrupted.interrupted = true;
        let other = with(runtime("crun version 1.8\n", "6.1.0"), &other);
        golden("comparison-of-runtimes.txt", &compare(&[("a.json", interrupted), ("b.json", other)]).text());
    }

    #[test]
    fn every_line_of_many_reports_fits_into_80_columns_and_nothing_in_it_is_obeyed() {
        let mut all = kernels();
        let mut hostile = all.remove(1).1;
        hostile.environment.kernel = "\u{1b}]0;x\u{7}6.1\u{202e}".repeat(20);
        hostile.results[0].title = "a \u{9b}1m ".repeat(40);
        hostile.results[1].reason = Some("no\r\n".repeat(40));
        hostile.results[1].verdict = Verdict::Error;
        hostile.results[2].id = "\u{1b}c/x y".into();
        all.push(("a\u{1b}b.json", hostile));
        all.push(("b.json", with(runtime("some \u{8}1.0", "6.1.0"), &[])));
        all.push(("c.json", with(kernel(""), &[])));
        assert_eq!(all.len(), 6);
        let comparison = compare(&all);
        let text = comparison.text();
        assert!(text.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{text:?}");
        for line in text.lines() {
            // A word that is too long for a line stays whole.
            let (begin, _) = line.rsplit_once(' ').unwrap_or_default();
            assert!(line.len() <= 80 || begin.trim_end().len() <= 40, "{line}");
        }
        let json = to_json(&comparison).expect("it can be written");
        assert!(!json.contains("\\u001b") && json.is_ascii(), "{json}");
    }
}
