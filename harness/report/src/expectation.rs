//! What is known of a target: cases that fail on it, each with a link.

use super::{CaseId, Verdict};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The known deviations of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// Each known deviation.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

/// One case that is known to fail.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Which case.
    pub case: CaseId,
    /// How the output of `--version` begins on the targets that it is known of; all, if it is not given.
    #[serde(default)]
    pub version: Option<String>,
    /// What happens instead, in a sentence.
    pub because: String,
    /// What was observed.
    pub observed: String,
    /// Where it is reported or documented.
    pub link: String,
}

/// Why expectations cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExpectationError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        error: std::io::Error,
    },
    /// The file is no expectation file.
    #[error("{origin}: {error}")]
    Malformed {
        /// The file.
        origin: String,
        /// Line, column and what was expected.
        error: Box<toml::de::Error>,
    },
    /// A link is no link.
    #[error("{origin}: {case}: link is \"{link}\"; expected the address of an issue or document (https://...)")]
    NoLink {
        /// The file.
        origin: String,
        /// The case.
        case: CaseId,
        /// What stands there.
        link: String,
    },
    /// A case is named twice.
    #[error("{origin}: {case} is named twice")]
    Twice {
        /// The file.
        origin: String,
        /// The case.
        case: CaseId,
    },
    /// There is no such case.
    #[error("{origin}: no case is called {case}; `ptyproof list` names them all")]
    NoSuchCase {
        /// The file.
        origin: String,
        /// The case.
        case: CaseId,
    },
}

impl Expectations {
    /// Reads a file. `known` tells whether a case exists.
    pub fn read(path: &Path, known: impl Fn(&CaseId) -> bool) -> Result<Self, ExpectationError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ExpectationError::Unreadable { path: path.to_owned(), error })?;
        Self::parse(&path.display().to_string(), &text, known)
    }

    /// Parses text that comes from `origin`.
    pub fn parse(origin: &str, text: &str, known: impl Fn(&CaseId) -> bool) -> Result<Self, ExpectationError> {
        let origin = origin.to_owned();
        let all: Self = toml::from_str(text)
            .map_err(|error| ExpectationError::Malformed { origin: origin.clone(), error: Box::new(error) })?;
        for (index, expectation) in all.expect.iter().enumerate() {
            let case = expectation.case.clone();
            if !expectation.link.starts_with("https://") {
                let link = expectation.link.clone();
                return Err(ExpectationError::NoLink { origin, case, link });
            }
            if all.expect[..index].iter().any(|earlier| earlier.case == case && earlier.version == expectation.version)
            {
                return Err(ExpectationError::Twice { origin, case });
            }
            if !known(&case) {
                return Err(ExpectationError::NoSuchCase { origin, case });
            }
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
}

impl Expectation {
    /// Version 1.8.1 is not 1.8.10.
    fn is_known_of(&self, version: &str) -> bool {
        self.version.as_deref().is_none_or(|known| {
            version.strip_prefix(known).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        })
    }

    /// The verdict in the light of this expectation: a failure is expected, and a pass is not.
    pub fn turns(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Fail | Verdict::Warn => Verdict::Xfail,
            Verdict::Pass => Verdict::Xpass,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[expect]]
        case = "a/b"
        because = "it does something else"
        observed = "something else"
        link = "https://example.org/1"
    "#;

    fn error(text: &str) -> String {
        let known = |case: &CaseId| case.as_str() == "a/b";
        Expectations::parse("x.toml", text, known).expect_err("broken").to_string()
    }

    #[test]
    fn an_expected_failure_that_passes_is_told() {
        let all = Expectations::parse("x.toml", GOOD, |_| true).expect("well-formed");
        let one = all.of(&"a/b".into()).expect("it is there");
        assert_eq!(one.turns(Verdict::Fail), Verdict::Xfail);
        assert_eq!(one.turns(Verdict::Pass), Verdict::Xpass);
        assert_eq!(one.turns(Verdict::Timeout), Verdict::Timeout);
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
    fn a_link_is_mandatory_and_must_be_one() {
        let text = error(&GOOD.replace("link = \"https://example.org/1\"", ""));
        assert!(text.contains("x.toml: TOML parse error at line 2"), "{text}");
        assert!(text.contains("missing field `link`"), "{text}");
        let text = error(&GOOD.replace("https://example.org/1", "todo"));
        assert!(text.contains("a/b: link is \"todo\"; expected the address"), "{text}");
    }

    #[test]
    fn an_unknown_case_and_one_named_twice_are_refused() {
        let text = error(&GOOD.replace("a/b", "a/c"));
        assert!(text.contains("no case is called a/c"), "{text}");
        assert!(error(&GOOD.repeat(2)).contains("a/b is named twice"));
    }
}
