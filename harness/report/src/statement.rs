//! What is stated of a target, as it follows from a report: whether it does all that it must.

use super::data::{self, DataError};
use super::json::to_json;
use super::{CaseId, CaseResult, Level, Report, Target, Verdict, printable};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Version of the shape of a [`Statement`].
pub const STATEMENT_SCHEMA: u32 = 1;

/// Whether a target is certified. It is where every case of a level that binds was run, passed, and left nothing behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// [`STATEMENT_SCHEMA`].
    pub schema: u32,
    /// Whether the target does all that it must.
    pub certified: bool,
    /// What was tested.
    pub target: Target,
    /// The kernel that ran, `uname -r`, and for which machine.
    pub kernel: String,
    /// `uname -m`.
    pub architecture: String,
    /// The version of the suite.
    pub suite: String,
    /// SHA-256 of the report from which all of this follows, in hexadecimal.
    pub report_sha256: String,
    /// The cases that had to pass, in their order.
    pub required: Vec<CaseId>,
    /// Those of them that ask for what no target of the kind does, whatever its profile says: a profile that says what its
    /// target lacks makes a skip.
    pub not_applicable: Vec<CaseId>,
    /// Those that did not pass.
    pub missed: Vec<Missed>,
}

/// A case that had to pass and did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Which.
    pub id: CaseId,
    /// How it ended; nothing where it was not run.
    pub verdict: Option<Verdict>,
    /// Why it does not count as passed.
    pub why: String,
}

impl Level {
    /// Whether a target that does otherwise cannot be certified.
    pub fn binds(self) -> bool {
        matches!(self, Self::Must | Self::Security)
    }
}

impl Statement {
    /// What follows from the report in a file where all of `required` had to pass.
    pub fn of_file(path: &Path, required: &[CaseId]) -> Result<Self, DataError> {
        let text = data::read(path)?;
        let digest = hex::encode(Sha256::digest(&text));
        Ok(Self::of(&Report::parse(path, &text)?, digest, required))
    }

    fn of(report: &Report, report_sha256: String, required: &[CaseId]) -> Self {
        let result = |id: &CaseId| report.results.iter().find(|result| result.id == *id);
        let missed = required.iter().filter_map(|id| missed(id, result(id)));
        let mut missed: Vec<Missed> = missed.collect();
        let not_applicable: Vec<CaseId> =
            required.iter().filter(|id| result(id).is_some_and(is_not_applicable)).cloned().collect();
        if report.interrupted && missed.is_empty() {
            let why = "the run was interrupted".to_owned();
            missed.extend(required.first().map(|id| Missed { id: id.clone(), verdict: None, why }));
        }
        Self {
            schema: STATEMENT_SCHEMA,
            certified: missed.is_empty() && not_applicable.len() < required.len(),
            target: report.target.clone(),
            kernel: report.environment.kernel.clone(),
            architecture: report.environment.architecture.clone(),
            suite: report.environment.ptyproof.clone(),
            report_sha256,
            required: required.to_vec(),
            not_applicable,
            missed,
        }
    }

    /// Of the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, DataError> {
        serde_json::from_str(text)
            .map_err(|error| DataError::json(path, &error).and("expected a statement that `ptyproof certify` wrote"))
    }

    /// As JSON, in ASCII only.
    pub fn to_json(&self) -> serde_json::Result<String> {
        to_json(self)
    }

    /// What differs from another one, by name: nothing where both state the same.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let pairs = [
            ("schema", self.schema == other.schema),
            ("certified", self.certified == other.certified),
            ("target", self.target == other.target),
            ("kernel", self.kernel == other.kernel && self.architecture == other.architecture),
            ("suite", self.suite == other.suite),
            ("report_sha256", self.report_sha256 == other.report_sha256),
            ("required", self.required == other.required),
            ("not_applicable", self.not_applicable == other.not_applicable),
            ("missed", self.missed == other.missed),
        ];
        pairs.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }

    /// For people: who was tested, and each case that was missed in a line, with nothing in it that a terminal obeys.
    pub fn text(&self) -> String {
        let word = if self.certified { "certified" } else { "not certified" };
        let version = self.target.version.lines().next().unwrap_or_default();
        let mut text = format!(
            "{word}: {} ({}, profile {}) on Linux {} {}, by ptyproof {}\n  SHA-256 {}\n",
            self.target.place(),
            printable(version),
            printable(&self.target.profile),
            printable(&self.kernel),
            printable(&self.architecture),
            printable(&self.suite),
            printable(&self.target.sha256),
        );
        let (passed, applicable) = self.passed();
        text.push_str(&format!("  {passed} of {applicable} cases of the levels must and security passed\n"));
        if !self.not_applicable.is_empty() {
            let count = self.not_applicable.len();
            text.push_str(&format!("  {count} more ask for what no target of this kind does\n"));
        }
        // Where one thing is at fault, all others are missed for the same reason.
        let mut missed: IndexMap<_, Vec<&str>> = IndexMap::new();
        for Missed { id, verdict, why } in &self.missed {
            missed.entry((verdict.map_or("not run", Verdict::word), why)).or_default().push(id.as_str());
        }
        for ((word, why), ids) in missed {
            text.push_str(&format!("  {word:<7} {}: {}\n", printable(&ids.join(", ")), printable(why)));
        }
        text
    }

    /// How many cases passed, and of how many.
    fn passed(&self) -> (usize, usize) {
        let applicable = self.required.len().saturating_sub(self.not_applicable.len());
        (applicable.saturating_sub(self.missed.len()), applicable)
    }

    /// A badge for a page, in SVG: whether it is certified, by which version, and how many cases that were.
    pub fn badge(&self) -> String {
        let (colour, word) = if self.certified { ("#2a6f2a", "certified") } else { ("#a02020", "not certified") };
        let (passed, applicable) = self.passed();
        let left = format!("terminals: ptyproof {}", self.suite);
        let right = format!("{word} {passed}/{applicable}");
        let version = self.target.version.lines().next().unwrap_or_default();
        let title = format!("{version} on Linux {}: {word}; SHA-256 {}", self.kernel, self.target.sha256);
        let [left, right, title] = [left, right, title].map(|text| markup(&printable(&text)));
        // Of the usual sans-serif letters at this size, one is about so wide; textLength makes it so.
        let width = |text: &str| 7 * text.chars().count();
        let (one, other) = (width(&left), width(&right));
        let (first, second) = (one + 12, other + 12);
        let (all, middle) = (first + second, first + 6);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{left}: {right}">
<title>{title}</title>
<rect width="{first}" height="20" fill="#444"/><rect x="{first}" width="{second}" height="20" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="6" y="14" textLength="{one}">{left}</text><text x="{middle}" y="14" textLength="{other}">{right}</text>
</g>
</svg>
"##
        )
    }
}

/// Text in XML.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// It is not the target's profile that says so, but what it is.
fn is_not_applicable(result: &CaseResult) -> bool {
    result.verdict == Verdict::NotApplicable && result.teardown.is_empty()
}

/// An expectation excuses nothing, nor does a skip, whatever its reason.
fn missed(id: &CaseId, result: Option<&CaseResult>) -> Option<Missed> {
    let missed = |verdict, why: &str| Some(Missed { id: id.clone(), verdict, why: why.to_owned() });
    let Some(result) = result else { return missed(None, "it was not run") };
    let why = result.reason.as_deref().unwrap_or("no reason is given");
    match result.verdict {
        Verdict::Pass if result.teardown.is_empty() => None,
        Verdict::NotApplicable if is_not_applicable(result) => None,
        Verdict::Pass => missed(Some(Verdict::Pass), &format!("left behind: {}", result.teardown.join("; "))),
        verdict => missed(Some(verdict), why),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results::report;
    use super::*;

    fn ids(names: &[&str]) -> Vec<CaseId> {
        names.iter().map(|&name| CaseId::from(name)).collect()
    }

    fn stated(report: &Report, required: &[CaseId]) -> Statement {
        Statement::of(report, String::new(), required)
    }

    #[test]
    fn only_passes_certify_and_nothing_excuses() {
        assert!(stated(&report(), &ids(&["area/pass"])).certified);
        assert!(!stated(&report(), &[]).certified);
        for other in ["warn", "info", "skip", "xfail", "fail", "xpass", "timeout", "error", "none"] {
            let statement = stated(&report(), &ids(&["area/pass", &format!("area/{other}")]));
            assert!(!statement.certified, "{other}");
            assert_eq!(statement.missed[0].verdict.map_or("none", Verdict::word), other);
        }
        let other = stated(&report(), &ids(&["area/pass", "area/not-applicable"]));
        assert!(other.certified && other.text().contains("\n  1 of 1 cases of"), "{}", other.text());
        assert!(other.text().contains("\n  1 more ask for what no target of this kind does\n"), "{}", other.text());
        assert!(!stated(&report(), &ids(&["area/not-applicable"])).certified);
        let mut dirty = report();
        dirty.results[0].teardown.push("cgroup x".to_owned());
        let statement = stated(&dirty, &ids(&["area/pass"]));
        assert_eq!((statement.certified, statement.missed[0].why.as_str()), (false, "left behind: cgroup x"));
        let mut cut = report();
        cut.interrupted = true;
        assert!(!stated(&cut, &ids(&["area/pass"])).certified);
    }

    #[test]
    fn what_differs_is_named() {
        let stated = stated(&report(), &ids(&["area/pass", "area/fail"]));
        let forged = Statement { certified: true, missed: Vec::new(), ..stated.clone() };
        assert_eq!(forged.differences(&stated), ["certified", "missed"]);
        assert!(stated.differences(&stated).is_empty());
    }

    #[test]
    fn what_is_missed_for_one_reason_is_told_at_once() {
        let mut report = report();
        for result in &mut report.results {
            (result.verdict, result.reason) = (Verdict::Skip, Some("nothing else is tried".to_owned()));
        }
        let text = stated(&report, &ids(&["area/pass", "area/warn", "area/none"])).text();
        let told = "\n  skip    area/pass, area/warn: nothing else is tried\n  not run area/none: it was not run\n";
        assert!(text.ends_with(told), "{text}");
    }

    #[test]
    fn text_and_badge_hold_nothing_that_is_obeyed() {
        let mut hostile = report();
        hostile.target.version = "</svg><script>\u{1b}[2J\"&".to_owned();
        let statement = stated(&hostile, &ids(&["area/fail"]));
        let text = statement.text();
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        let badge = statement.badge();
        assert!(badge.contains("&lt;/svg&gt;&lt;script&gt;\\u{1b}[2J&quot;&amp;"), "{badge}");
        assert!(badge.contains("not certified 0/1"), "{badge}");
        assert_eq!(badge.matches("</svg>").count(), 1);
    }
}
