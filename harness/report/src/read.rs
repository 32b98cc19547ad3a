//! Reading reports back, whoever wrote them.

use super::{Report, SCHEMA, printable};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Why a file cannot be used as a report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It cannot be read.
    #[error("{}: {error}; expected a report that `ptyproof run --report json=FILE` wrote", shown(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        error: std::io::Error,
    },
    /// It is something else.
    #[error(
        "{}: {}; expected a report that `ptyproof run --report json=FILE` wrote", shown(path),
        printable(&error.to_string())
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was expected, with line and column.
        error: serde_json::Error,
    },
    /// It was written by another ptyproof, whose reports mean something else.
    #[error("{}: is a report of schema {found}; expected schema {SCHEMA}, which this ptyproof writes", shown(path))]
    Schema {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u64,
    },
}

fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// What every report of every schema has.
#[derive(Deserialize)]
struct AnySchema {
    schema: u64,
}

impl Report {
    /// Reads a JSON report from a file.
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        let bytes = std::fs::read(path).map_err(|error| ReportError::Unreadable { path: path.to_owned(), error })?;
        let malformed = |error| ReportError::Malformed { path: path.to_owned(), error };
        // The schema first: of another one, nothing else is known to be where it is looked for.
        let AnySchema { schema } = serde_json::from_slice(&bytes).map_err(malformed)?;
        if schema != u64::from(SCHEMA) {
            return Err(ReportError::Schema { path: path.to_owned(), found: schema });
        }
        serde_json::from_slice(&bytes).map_err(malformed)
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
        assert_eq!(error(b"TAP version 14\n"), format!(": expected value at line 1 column 1{expected}"));
        assert_eq!(error(b"{}"), format!(": missing field `schema` at line 1 column 2{expected}"));
        assert_eq!(
            error(br#"{"schema": 1, "results": "\u001b[31m"}"#),
            ": is a report of schema 1; expected schema 2, which this ptyproof writes"
        );
        let text = test_results::report().to_json().expect("it can be written");
        let hostile = text.replace("\"verdict\": \"xfail\"", "\"verdict\": \"\\u001b[31m\"");
        let said = error(hostile.as_bytes());
        assert!(said.starts_with(": unknown variant `\\u{1b}[31m`, expected one of"), "{said}");
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
