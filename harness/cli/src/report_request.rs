//! `--report json=FILE`, and `--report html=DIR|FILE.html`.

use crate::exit::Refusal;
use ptyproof_page::Place;
use ptyproof_report::{Destination, FORMATS, FileReporter, Format, data};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fs, str::FromStr};

/// One report that is asked for.
#[derive(Clone, Debug)]
pub enum ReportRequest {
    /// A file.
    File(&'static Format, Destination),
    /// A page for a browser, of all targets.
    Page(Place),
}

/// What a page is called on the command line.
const PAGE: &str = "html";

/// The formats, for the help.
pub fn help() -> String {
    format!(
        "Report to write when the run has ended: {}; - is standard output, and in a directory, DIR/, each target gets a file \
         that is called after it; {PAGE} takes a directory or FILE.html",
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
        matches!(self, Self::File(_, Destination::StandardOutput))
    }

    /// The reporter that writes it of the target with that name; a page is written when all have been run.
    pub fn reporter(&self, name: &str) -> Option<FileReporter> {
        match self {
            Self::File(format, destination) => Some(FileReporter::new(format, file(format, destination, name))),
            Self::Page(_) => None,
        }
    }

    /// Where a page is to be written, if it is one.
    pub fn page(&self) -> Option<&Place> {
        match self {
            Self::Page(place) => Some(place),
            Self::File(..) => None,
        }
    }

    /// Some place that nothing else is written to.
    fn place(&self) -> Destination {
        match self {
            Self::File(format, destination) => file(format, destination, "report"),
            Self::Page(place) => Destination::File(place.page()),
        }
    }
}

/// The directory in which each target gets a file of its own, if it is to be in one.
fn directory(destination: &Destination) -> Option<&Path> {
    match destination {
        Destination::File(path) if path.as_os_str().as_bytes().ends_with(b"/") => Some(path),
        _ => None,
    }
}

fn file(format: &Format, destination: &Destination, name: &str) -> Destination {
    match directory(destination) {
        Some(directory) => Destination::File(directory.join(format!("{name}.{}", format.extension))),
        None => destination.clone(),
    }
}

/// Says before a run what could not be written after it.
pub fn check(requests: &[ReportRequest], several: bool) -> Result<(), Refusal> {
    for (index, request) in requests.iter().enumerate() {
        if requests[..index].iter().any(|other| other.place() == request.place()) {
            return Err(Refusal::usage("--report: two reports have the same destination"));
        }
        if let ReportRequest::File(format, destination) = request {
            match directory(destination) {
                Some(directory) => fs::create_dir_all(directory)
                    .map_err(|error| Refusal::usage(format!("--report: {}: {error}", directory.display())))?,
                None if several => {
                    return Err(Refusal::usage(format!(
                        "--report: several targets are tested, so expected a directory, {}=DIR/, in which each gets a file",
                        format.name
                    )));
                }
                None => {}
            }
        }
        let checked = match (request, request.place()) {
            (ReportRequest::Page(place), _) => place.prepare(),
            (_, Destination::File(path)) => data::can_replace(&path),
            (_, Destination::StandardOutput) => Ok(()),
        };
        checked.map_err(|error| Refusal::usage(format!("--report: {error}")))?;
    }
    Ok(())
}
