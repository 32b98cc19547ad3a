//! Editions: who runs the suite in CI must not turn red because it learnt something.

use crate::data::{self, DataError};
use crate::{CaseId, CaseResult, Verdict};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

/// The cases that the suite had at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Edition {
    /// Its name, such as `2026.1`: that of its file.
    #[serde(skip)]
    pub name: String,
    /// Cases that editions before it had and it has not, each with what looks at the same now.
    pub gone: BTreeMap<CaseId, Vec<CaseId>>,
    /// Its cases.
    pub cases: BTreeSet<CaseId>,
}

impl Edition {
    /// Reads the file `NAME.toml`.
    pub fn parse(file: &str, text: &str) -> Result<Self, DataError> {
        let edition: Self = data::parse(file, text)?;
        Ok(Self { name: file.trim_end_matches(".toml").to_owned(), ..edition })
    }

    /// What fails a case that came later is a warning. The fault of the harness or the machine stays an error.
    pub fn turn(&self, result: &mut CaseResult) {
        if self.cases.contains(&result.id) {
            return;
        }
        let failed = matches!(result.verdict, Verdict::Fail | Verdict::Timeout);
        let left = take(&mut result.teardown);
        let left = (!left.is_empty()).then(|| format!("left behind: {}", left.join(", ")));
        if failed || left.is_some() {
            let reasons: Vec<String> = result.reason.take().into_iter().chain(left).collect();
            result.reason = Some(format!("{} (the case came after edition {})", reasons.join("; "), self.name));
            result.verdict = if result.verdict == Verdict::Error { Verdict::Error } else { Verdict::Warn };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_results::results;

    #[test]
    fn a_later_case_warns_and_an_earlier_one_fails() {
        let edition = Edition::parse("2026.1.toml", "cases = ['area/old']").expect("it is one");
        let turned = |id: &str, verdict, left: &[&str]| {
            let teardown = left.iter().map(ToString::to_string).collect();
            let reason = Some("size".to_owned());
            let mut result = CaseResult { verdict, reason, teardown, id: id.into(), ..results().remove(0) };
            edition.turn(&mut result);
            (result.verdict, result.reason.expect("it stays"), result.teardown.len())
        };
        assert_eq!(turned("area/old", Verdict::Fail, &["a mount"]), (Verdict::Fail, "size".to_owned(), 1));
        let told = |what: &str| format!("{what} (the case came after edition 2026.1)");
        assert_eq!(turned("area/new", Verdict::Fail, &[]), (Verdict::Warn, told("size"), 0));
        assert_eq!(turned("area/new", Verdict::Timeout, &[]), (Verdict::Warn, told("size"), 0));
        let both = told("size; left behind: a mount");
        assert_eq!(turned("area/new", Verdict::Pass, &["a mount"]), (Verdict::Warn, both.clone(), 0));
        assert_eq!(turned("area/new", Verdict::Error, &["a mount"]), (Verdict::Error, both, 0));
        assert_eq!(turned("area/new", Verdict::Pass, &[]), (Verdict::Pass, "size".to_owned(), 0));
        assert_eq!(turned("area/new", Verdict::Error, &[]), (Verdict::Error, "size".to_owned(), 0));
    }
}
