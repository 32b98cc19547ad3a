//! What is known of a target: cases that fail on it, each with what was observed and a link.

use super::comparison::stable;
use super::data::{self, DataError};
use super::deviation;
use super::{CaseId, CaseResult, Evidence, Format, Known, Record, Report, Verdict};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::{fmt, io, path::Path};
use toml::Spanned;

/// The known deviations of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// Each known deviation.
    pub expect: Vec<Expectation>,
}

/// The name for every case: what may happen whatever the case does.
const EVERY_CASE: &str = "*";

/// One case that is known to fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Which case; `*` for what may be left behind by any, or happen in any now and then.
    pub case: CaseId,
    /// How the output of `--version` begins on the targets that it is known of; all, if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What happens instead, in a sentence.
    pub because: String,
    /// What was observed. Anything else is another failure. Left out where the case passes, and only leaves something behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Words>,
    /// What is left behind, as reports list it, with "; " in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<Words>,
    /// Whether the case passes at other times, because the failure is a race within the runtime.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub now_and_then: bool,
    /// Where it is reported or documented: an address, or `cases/FINDINGS.md#ID` where no tracker has it.
    pub link: String,
}

/// What evidence says in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// Just this, but for what differs from run to run by nature.
    Exact(String),
    /// Something of which this regular expression matches the whole.
    Like {
        /// The regular expression.
        pattern: String,
    },
}

impl Words {
    fn hold(&self, words: &str) -> bool {
        match self {
            Self::Exact(known) => stable(known) == stable(words),
            Self::Like { .. } => self.regex().is_ok_and(|regex| regex.is_none_or(|regex| regex.is_match(words))),
        }
    }

    /// None where it is no pattern.
    fn regex(&self) -> Result<Option<Regex>, regex::Error> {
        match self {
            Self::Exact(_) => Ok(None),
            Self::Like { pattern } => Regex::new(&format!("^(?s:{pattern})$")).map(Some),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(words) => f.write_str(words),
            Self::Like { pattern } => write!(f, "something like {pattern}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    expect: Vec<Spanned<Expectation>>,
}

impl Expectations {
    /// Reads a file. `known` tells whether a case exists.
    pub fn read(path: &Path, known: impl Fn(&CaseId) -> bool) -> Result<Self, DataError> {
        Self::parse(&path.to_string_lossy(), &data::read(path)?, known)
    }

    /// Parses text that comes from `origin`.
    pub fn parse(origin: &str, text: &str, known: impl Fn(&CaseId) -> bool) -> Result<Self, DataError> {
        let mut all = Self::default();
        for entry in data::parse::<File>(origin, text)?.expect {
            let start = entry.span().start;
            let entry = entry.into_inner();
            let Expectation { case, link, .. } = &entry;
            let is_of_one = !entry.is_of_every_case();
            let same = |other: &Expectation| is_of_one && other.case == *case && other.version == entry.version;
            let problem = if !link.starts_with("https://") && !link.starts_with(deviation::PAGE) {
                format!("{case}: link is \"{link}\"; expected the address of an issue or document (https://...)")
            } else if entry.words().next().is_none() {
                format!("{case}: neither observed nor left_behind says what is known")
            } else if !is_of_one && entry.observed.is_some() && !entry.now_and_then {
                format!("{case}: what is observed in any case is so now_and_then, and not in all")
            } else if let Some(error) = entry.words().find_map(|words| words.regex().err()) {
                format!("{case}: observed: {error}")
            } else if all.expect.iter().any(same) {
                format!("{case} is named twice")
            } else if is_of_one && !known(case) {
                format!("no case is called {case}; `ptyproof list` names them all")
            } else {
                all.expect.push(entry);
                continue;
            };
            return Err(DataError::at(origin, text, start, problem));
        }
        Ok(all)
    }

    /// Only those that are known of a target whose `--version` prints this.
    pub fn known_of(mut self, version: &str) -> Self {
        self.expect.retain(|expectation| expectation.is_known_of(version));
        self
    }

    /// Adds those of `more`, which win where both name a case.
    pub fn overridden_by(mut self, more: Self) -> Self {
        self.expect.retain(|own| !more.expect.iter().any(|other| other.case == own.case));
        self.expect.extend(more.expect);
        self
    }

    /// The expectation for a case.
    pub fn of(&self, case: &CaseId) -> Option<&Expectation> {
        self.expect.iter().find(|expectation| expectation.case == *case)
    }

    /// Turns a result into what it is in the light of what is known of its case, and of every case.
    pub fn turn(&self, result: &mut CaseResult) {
        if let Some(own) = self.of(&result.id) {
            own.turn(result);
        }
        for any in self.expect.iter().filter(|any| any.is_of_every_case()) {
            any.excuse(result);
        }
    }
}

impl Expectation {
    /// Version 1.8.1 is not 1.8.10.
    fn is_known_of(&self, version: &str) -> bool {
        self.version.as_deref().is_none_or(|known| {
            version.strip_prefix(known).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        })
    }

    fn is_of_every_case(&self) -> bool {
        self.case.as_str() == EVERY_CASE
    }

    /// What happens in any case now and then: a failure of which this was observed is expected, and what is left behind
    /// changes no verdict.
    fn excuse(&self, result: &mut CaseResult) {
        let observed = result.observed.as_ref().map(Evidence::as_words).unwrap_or_default();
        if matches!(result.verdict, Verdict::Fail | Verdict::Warn)
            && self.observed.as_ref().is_some_and(|it| it.hold(observed))
        {
            result.known = Some(self.known(observed.to_owned()));
            result.verdict = Verdict::Xfail;
        }
        let left = result.teardown.join("; ");
        if !left.is_empty() && self.left_behind.as_ref().is_some_and(|known| known.hold(&left)) {
            result.teardown.clear();
            result.known = Some(self.known(format!("left behind {left}")));
        }
    }

    /// What is known in words.
    fn words(&self) -> impl Iterator<Item = &Words> {
        self.observed.iter().chain(&self.left_behind)
    }

    /// The failure that is known is expected, another one is a failure, and a pass is one that nobody expected.
    fn turn(&self, result: &mut CaseResult) {
        let observed = result.observed.as_ref().map(Evidence::as_words).unwrap_or_default();
        let left = result.teardown.join("; ");
        let leaves_it = self.left_behind.as_ref().is_some_and(|known| known.hold(&left));
        result.verdict = match result.verdict {
            Verdict::Fail | Verdict::Warn if self.observed.as_ref().is_some_and(|known| known.hold(observed)) => {
                Verdict::Xfail
            }
            Verdict::Fail | Verdict::Warn => Verdict::Fail,
            Verdict::Pass | Verdict::Info if self.observed.is_none() && (leaves_it || !left.is_empty()) => {
                if leaves_it && !left.is_empty() { Verdict::Xfail } else { result.verdict }
            }
            Verdict::Pass if self.now_and_then => return,
            Verdict::Pass => {
                let reason = "an expectation says that this fails; remove it if it is out of date";
                result.reason = Some(reason.to_owned());
                Verdict::Xpass
            }
            other => other,
        };
        if leaves_it && !left.is_empty() {
            result.teardown.clear();
            result.records.push(Record { what: LEFT_AS_KNOWN.to_owned(), value: left.into() });
        }
        let observed = self.words().map(ToString::to_string).collect::<Vec<_>>().join("; left behind ");
        result.known = Some(self.known(observed));
    }

    /// What a report says of it, where this was observed.
    fn known(&self, observed: String) -> Known {
        let Self { because, link, now_and_then, .. } = self;
        Known { because: because.clone(), observed, now_and_then: *now_and_then, link: link.clone() }
    }
}

/// The record of what was left behind as an expectation says.
const LEFT_AS_KNOWN: &str = "left behind, as is known";

/// A first file for a target: what fails in a run, with what was observed. Why, and the links, are to be filled in.
pub const FIRST: Format = Format { name: "expectations", extension: "toml", render: first };

fn first(report: &Report) -> io::Result<String> {
    let version = report.target.version.lines().next().map(str::to_owned);
    let is_wanting =
        |result: &&CaseResult| matches!(result.verdict, Verdict::Fail | Verdict::Xfail) || !result.teardown.is_empty();
    let failed = report.results.iter().filter(is_wanting);
    let mut text = "# What fails, as ptyproof run --write-expectations wrote it. Each needs a link to where it is \
                    reported or documented,\n# and a sentence about what happens instead.\n"
        .to_owned();
    for result in failed {
        let observed = result.observed.as_ref().map(|observed| Words::Exact(stable(observed.as_words())));
        let as_known = result.records.iter().find(|record| record.what == LEFT_AS_KNOWN);
        let left = as_known.map(|record| record.value.as_words().to_owned());
        let left = left.or_else(|| (!result.teardown.is_empty()).then(|| result.teardown.join("; ")));
        let known = result.known.as_ref().filter(|_| result.verdict == Verdict::Xfail);
        let entry = Expectation {
            case: result.id.clone(),
            version: version.clone(),
            because: known.map_or(result.reason.clone().unwrap_or_default(), |known| known.because.clone()),
            observed,
            left_behind: left.map(Words::Exact),
            now_and_then: false,
            link: known.map(|known| known.link.clone()).unwrap_or_default(),
        };
        let entry = toml::to_string(&entry).map_err(io::Error::other)?;
        text.push_str(&format!("\n[[expect]]\n{entry}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    const GOOD: &str = r#"[[expect]]
case = "a/b"
because = "it does something else"
observed = "something else"
link = "https://example.org/1"
"#;

    fn error(text: &str) -> String {
        let known = |case: &CaseId| case.as_str() == "a/b";
        Expectations::parse("x.toml", text, known).expect_err("broken").to_string()
    }

    fn turned(text: &str, verdict: Verdict, observed: &str) -> CaseResult {
        let all = Expectations::parse("x.toml", text, |_| true).expect("well-formed");
        let mut result = test_results::results().remove(0);
        (result.verdict, result.observed) = (verdict, Some(observed.into()));
        all.of(&"a/b".into()).expect("it is there").turn(&mut result);
        result
    }

    #[test]
    fn what_is_left_behind_as_is_known_is_expected_and_else_not() {
        const ONLY: &str = "case = 'a/b'\nbecause = 'x'\nlink = 'https://example.org'\nleft_behind";
        let turned = |known: &str, left: &[&str]| {
            let all = Expectations::parse("x.toml", &format!("[[expect]]\n{ONLY} = {known}\n"), |_| true);
            let mut result = test_results::results().remove(0);
            result.teardown = left.iter().map(ToString::to_string).collect();
            (result.verdict, result.observed) = (Verdict::Pass, None);
            all.expect("well-formed").of(&"a/b".into()).expect("it is there").turn(&mut result);
            (result.verdict, result.teardown.len(), result.records.len())
        };
        let records = test_results::results().remove(0).records.len();
        assert_eq!(turned("'cgroup c2'", &["cgroup c2"]), (Verdict::Xfail, 0, records + 1));
        assert_eq!(turned("'cgroup c2'", &["a mount"]), (Verdict::Pass, 1, records));
        assert_eq!(turned("'cgroup c2'", &[]), (Verdict::Xpass, 0, records));
        assert_eq!(turned("{ pattern = '(cgroup c.)?' }", &[]), (Verdict::Pass, 0, records));
        let mut report = test_results::report();
        report.results.truncate(1);
        let known = Record { what: LEFT_AS_KNOWN.to_owned(), value: "cgroup c2".into() };
        (report.results[0].verdict, report.results[0].records) = (Verdict::Xfail, vec![known]);
        assert!(first(&report).expect("it can be written").contains("left_behind = \"cgroup c2\""));
        assert!(error(&GOOD.replace("observed =", "version =")).contains("neither observed nor left_behind"));
    }

    #[test]
    fn what_any_case_may_leave_behind_changes_no_verdict() {
        let every = "[[expect]]\ncase = '*'\nbecause = 'x'\nlink = 'https://example.org'\n";
        let text = format!("{every}left_behind = {{ pattern = 'cgroup c.' }}\n");
        let all = Expectations::parse("x.toml", &text, |_| false).expect("well-formed");
        let turned = |left: &[&str]| {
            let mut result = test_results::results().remove(0);
            result.teardown = left.iter().map(ToString::to_string).collect();
            all.turn(&mut result);
            assert_eq!(result.verdict, test_results::results().remove(0).verdict);
            (result.teardown.len(), result.known.is_some())
        };
        assert_eq!(turned(&[]), (0, false));
        assert_eq!(turned(&["cgroup c2"]), (0, true));
        assert_eq!(turned(&["cgroup c2", "a mount"]), (2, false));
        assert!(error(&format!("{every}observed = 'x'\n")).contains("is so now_and_then, and not in all"));
    }

    #[test]
    fn what_happens_in_any_case_now_and_then_is_expected() {
        let every = "[[expect]]\ncase = '*'\nbecause = 'x'\nlink = 'https://example.org'\nnow_and_then = true\n";
        let text =
            format!("{every}observed = {{ pattern = 'run c\\d: not finished' }}\n\n{every}left_behind = 'cgroup c2'\n");
        let all = Expectations::parse("x.toml", &text, |_| false).expect("well-formed");
        let turned = |verdict, observed: &str| {
            let mut result = test_results::results().remove(0);
            (result.verdict, result.observed) = (verdict, Some(observed.into()));
            all.turn(&mut result);
            result.verdict
        };
        assert_eq!(turned(Verdict::Fail, "run c2: not finished"), Verdict::Xfail);
        assert_eq!(turned(Verdict::Fail, "exec c2: not finished"), Verdict::Fail);
        assert_eq!(turned(Verdict::Pass, "run c2: not finished"), Verdict::Pass);
    }

    #[test]
    fn the_failure_that_is_known_is_expected_and_another_is_not() {
        let now_and_then = GOOD.replace("link", "now_and_then = true\nlink");
        let turned_then = |verdict, observed| turned(&now_and_then, verdict, observed).verdict;
        let turned = |verdict, observed| turned(GOOD, verdict, observed).verdict;
        assert_eq!(turned(Verdict::Fail, "something else"), Verdict::Xfail);
        assert_eq!(turned(Verdict::Warn, "something else"), Verdict::Xfail);
        assert_eq!(turned(Verdict::Fail, "something else still"), Verdict::Fail);
        assert_eq!(turned(Verdict::Warn, ""), Verdict::Fail);
        assert_eq!(turned(Verdict::Pass, ""), Verdict::Xpass);
        assert_eq!(turned_then(Verdict::Pass, ""), Verdict::Pass);
        assert_eq!(turned_then(Verdict::Fail, "something else"), Verdict::Xfail);
        assert_eq!(turned_then(Verdict::Fail, "another"), Verdict::Fail);
        assert_eq!(turned(Verdict::Timeout, "something else"), Verdict::Timeout);
    }

    #[test]
    fn a_failure_that_is_another_shows_both() {
        let result = turned(GOOD, Verdict::Fail, "EIO");
        let shown = super::super::failure::details(&result).join("\n");
        assert!(shown.contains("observed     EIO\nknown as     something else\nknown        it does"), "{shown}");
    }

    #[test]
    fn a_declared_pattern_matches_the_whole() {
        let text = GOOD.replace("\"something else\"", "{ pattern = 'exit status \\d+' }");
        assert_eq!(turned(&text, Verdict::Fail, "exit status 17").verdict, Verdict::Xfail);
        assert_eq!(turned(&text, Verdict::Fail, "exit status 17, and more").verdict, Verdict::Fail);
        let text = error(&text.replace("\\d", "("));
        assert!(text.starts_with("x.toml:1:1: a/b: observed: regex parse error"), "{text}");
    }

    #[test]
    fn what_differs_from_run_to_run_is_the_same_failure() {
        let text = GOOD.replace("\"something else\"", "\"process 17 has ended\"");
        assert_eq!(turned(&text, Verdict::Fail, "process 4711 has ended").verdict, Verdict::Xfail);
    }

    #[test]
    fn a_first_file_holds_what_failed_and_is_good_when_links_are_filled_in() {
        let text = first(&test_results::report()).expect("it can be written");
        let error = Expectations::parse("x.toml", &text, |_| true).expect_err("no link yet").to_string();
        assert!(error.contains("area/fail: link is \"\"; expected the address"), "{error}");
        let filled = text.replace("link = \"\"", "link = \"https://example.org/3\"");
        let all = Expectations::parse("x.toml", &filled, |_| true).expect("well-formed");
        for mut result in test_results::results() {
            if all.of(&result.id).is_some() {
                result.verdict = Verdict::Fail;
                all.turn(&mut result);
                assert_eq!(result.verdict, Verdict::Xfail);
            }
        }
        assert_eq!(all.known_of("some 1.0 \u{9b}31m\n").expect.len(), 2);
    }

    #[test]
    fn what_is_known_of_one_version_says_nothing_of_another() {
        let text = GOOD.replace("because", "version = \"crun version 1.8.1\"\nbecause");
        let all = Expectations::parse("x.toml", &text, |_| true).expect("well-formed");
        let known_of = |version| !all.clone().known_of(version).expect.is_empty();
        assert!(known_of("crun version 1.8.1\ncommit: f8a096be"));
        assert!(!known_of("crun version 1.8.10\n"));
        assert!(!known_of("crun version 1.20\n"));
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        assert_eq!(error(&GOOD.replace("link = \"https://example.org/1\"", "")), "x.toml:1:1: missing field `link`");
        let link = "x.toml:1:1: a/b: link is \"todo\"; expected the address of an issue or document (https://...)";
        assert_eq!(error(&GOOD.replace("https://example.org/1", "todo")), link);
        let unknown = "x.toml:1:1: no case is called a/c; `ptyproof list` names them all";
        assert_eq!(error(&GOOD.replace("a/b", "a/c")), unknown);
        assert_eq!(error(&GOOD.repeat(2)), "x.toml:6:1: a/b is named twice");
    }
}
