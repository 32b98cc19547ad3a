//! `--report json=FILE`.

use crate::exit::Refusal;
use ptyproof_report::{Destination, FORMATS, FileReporter, Format, data};
use std::{path::PathBuf, str::FromStr};

/// One report that is asked for.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    format: &'static Format,
    destination: Destination,
}

/// The formats, for the help.
pub fn help() -> String {
    format!("Report to write when the run has ended: {}; - is standard output", names().join(", "))
}

fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name).collect()
}

impl FromStr for ReportRequest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = format!("expected FORMAT=FILE, where FORMAT is one of {}", names().join(", "));
        let (name, file) = text.split_once('=').ok_or(&expected)?;
        let format = FORMATS.iter().find(|format| format.name == name);
        let format = format.ok_or_else(|| format!("no report is called {name:?}; {expected}"))?;
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
        if let Destination::File(path) = &request.destination {
            data::can_replace(path).map_err(|error| Refusal::usage(format!("--report: {error}")))?;
        }
    }
    Ok(())
}
