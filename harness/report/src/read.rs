//! Reading reports back, whoever wrote them.

use super::data::{self, DataError};
use super::{Report, SCHEMA};
use serde::Deserialize;
use std::path::Path;

const EXPECTED: &str = "expected a report that `ptyproof run --report json=FILE` wrote";

/// What every report of every schema has.
#[derive(Deserialize)]
struct AnySchema {
    schema: u64,
}

impl Report {
    /// Reads a JSON report from a file.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        let text = data::read(path).map_err(|error| error.and(EXPECTED))?;
        Self::parse(path, &text)
    }

    /// Of the text of a file.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, DataError> {
        let malformed = |error| DataError::json(path, &error).and(EXPECTED);
        // The schema first: of another one, nothing else is known to be where it is looked for.
        let AnySchema { schema } = serde_json::from_str(text).map_err(malformed)?;
        if schema != u64::from(SCHEMA) {
            let why = format!("is a report of schema {schema}; expected schema {SCHEMA}, which this ptyproof writes");
            return Err(DataError::of(path, why));
        }
        serde_json::from_str(text).map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    fn error(content: &[u8]) -> String {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.json");
        std::fs::write(&path, content).expect("it can be written");
        let error = Report::read(&path).expect_err("it is no report").to_string();
        let own = path.display().to_string();
        let rest = error.strip_prefix(&own).expect("it names the file");
        rest.to_owned()
    }

    #[test]
    fn what_was_written_is_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.json");
        let report = test_results::report();
        let text = report.to_json().expect("it can be written");
        std::fs::write(&path, text).expect("it can be written");
        assert_eq!(Report::read(&path).expect("it is a report"), report);
    }

    #[test]
    fn an_error_says_what_was_expected_and_nothing_that_a_terminal_obeys() {
        let expected = "; expected a report that `ptyproof run --report json=FILE` wrote";
        assert_eq!(error(b"TAP version 14\n"), format!(":1:1: expected value{expected}"));
        assert_eq!(error(b"{}"), format!(":1:2: missing field `schema`{expected}"));
        assert_eq!(
            error(br#"{"schema": 1, "results": "\u001b[31m"}"#),
            ": is a report of schema 1; expected schema 2, which this ptyproof writes"
        );
        let text = test_results::report().to_json().expect("it can be written");
        let hostile = text.replace("\"verdict\": \"xfail\"", "\"verdict\": \"\\u001b[31m\"");
        let said = error(hostile.as_bytes());
        assert!(said.contains(": unknown variant `\\u{1b}[31m`, expected one of"), "{said}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Report::read(Path::new("/no/such\u{1b}c")).expect_err("there is none");
        assert_eq!(
            error.to_string(),
            "/no/such\\u{1b}c: No such file or directory (os error 2); expected a report that `ptyproof run \
             --report json=FILE` wrote"
        );
    }
}
