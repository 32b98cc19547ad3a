//! `--report json=FILE`, and `--report html=DIR|FILE.html`.

use crate::exit::Refusal;
use crate::page::PageReporter;
use ptyproof_page::Place;
use ptyproof_report::{Destination, FORMATS, FileReporter, Format, Reporter, data};
use std::{path::PathBuf, str::FromStr};

/// One report that is asked for.
#[derive(Clone, Debug)]
pub enum ReportRequest {
    /// A file.
    File(&'static Format, Destination),
    /// A page for a browser.
    Page(Place),
}

/// What a page is called on the command line.
const PAGE: &str = "html";

/// The formats, for the help.
pub fn help() -> String {
    format!(
        "Report to write when the run has ended: {}; - is standard output; {PAGE} takes a directory or FILE.html",
        names().join(", ")
    )
}

fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name).chain([PAGE]).collect()
}

impl FromStr for ReportRequest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = format!("expected FORMAT=FILE, where FORMAT is one of {}", names().join(", "));
        let (name, file) = text.split_once('=').ok_or(&expected)?;
        if file.is_empty() {
            return Err(format!("no file is named; {expected}"));
        }
        if name == PAGE {
            return match file {
                "-" => Err(format!("a page is no standard output; expected {PAGE}=DIR or {PAGE}=FILE.html")),
                path => Ok(Self::Page(Place::of(path.as_ref()))),
            };
        }
        let format = FORMATS.iter().find(|format| format.name == name);
        let format = format.ok_or_else(|| format!("no report is called {name:?}; {expected}"))?;
        let destination = match file {
            "-" => Destination::StandardOutput,
            path => Destination::File(PathBuf::from(path)),
        };
        Ok(Self::File(format, destination))
    }
}

impl ReportRequest {
    /// Whether it takes standard output for itself.
    pub fn is_standard_output(&self) -> bool {
        self.destination() == Destination::StandardOutput
    }

    fn destination(&self) -> Destination {
        match self {
            Self::File(_, destination) => destination.clone(),
            Self::Page(place) => Destination::File(place.page()),
        }
    }

    /// The reporter that writes it.
    pub fn reporter(&self) -> Box<dyn Reporter> {
        match self {
            Self::File(format, destination) => Box::new(FileReporter::new(format, destination.clone())),
            Self::Page(place) => Box::new(PageReporter::new(place.clone())),
        }
    }
}

/// Says before a run what could not be written after it.
pub fn check(requests: &[ReportRequest]) -> Result<(), Refusal> {
    for (index, request) in requests.iter().enumerate() {
        if requests[..index].iter().any(|other| other.destination() == request.destination()) {
            return Err(Refusal::usage("--report: two reports have the same destination"));
        }
        let checked = match request {
            ReportRequest::File(_, Destination::File(path)) => data::can_replace(path),
            ReportRequest::File(_, Destination::StandardOutput) => Ok(()),
            ReportRequest::Page(place) => place.prepare(),
        };
        checked.map_err(|error| Refusal::usage(format!("--report: {error}")))?;
    }
    Ok(())
}
