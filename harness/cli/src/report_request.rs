//! `--report json=FILE`.

use crate::exit::Refusal;
use ptyproof_report::{Destination, FileReporter, Format};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One report that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    format: Format,
    destination: Destination,
}

impl FromStr for ReportRequest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected json=FILE, tap=FILE or junit=FILE";
        let (format, file) = text.split_once('=').ok_or(expected)?;
        let format = match format {
            "json" => Format::Json,
            "tap" => Format::Tap,
            "junit" => Format::Junit,
            other => return Err(format!("no report is called {other:?}; {expected}")),
        };
        let destination = match file {
            "" => return Err(format!("no file is named; {expected}")),
            "-" => Destination::StandardOutput,
            path => Destination::File(PathBuf::from(path)),
        };
        Ok(Self { format, destination })
    }
}

impl ReportRequest {
    /// Whether it takes standard output for itself.
    pub fn is_standard_output(&self) -> bool {
        self.destination == Destination::StandardOutput
    }

    /// The reporter that writes it.
    pub fn reporter(&self) -> FileReporter {
        FileReporter::new(self.format, self.destination.clone())
    }
}

/// Says before a run what could not be written after it.
pub fn check(requests: &[ReportRequest]) -> Result<(), Refusal> {
    for (index, request) in requests.iter().enumerate() {
        if requests[..index].iter().any(|other| other.destination == request.destination) {
            return Err(Refusal::usage("--report: two reports have the same destination"));
        }
        let Destination::File(path) = &request.destination else {
            continue;
        };
        if path.is_dir() {
            let problem = format!("--report: {}: is a directory; name a file", path.display());
            return Err(Refusal::usage(problem));
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        if !directory.is_dir() {
            return Err(Refusal::usage(format!(
                "--report: {}: there is no directory {}",
                path.display(),
                directory.display()
            )));
        }
    }
    Ok(())
}
