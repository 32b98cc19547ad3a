//! A report that is written when the run has ended.

use super::document::Collector;
use super::{Event, Report, Reporter, data, junit, ktap, tap};
use std::io::{self, Write};
use std::path::PathBuf;

/// A shape of a report.
#[derive(Debug)]
pub struct Format {
    /// What it is called on the command line.
    pub name: &'static str,
    /// How files of it end.
    pub extension: &'static str,
    /// The report in this shape.
    pub render: fn(&Report) -> io::Result<String>,
}

/// The shapes that a report can have. One more is a file with its `render`, and a line here.
pub const FORMATS: &[Format] = &[
    Format { name: "json", extension: "json", render: |report| report.to_json().map_err(io::Error::from) },
    Format { name: "tap", extension: "tap", render: tap::render },
    Format { name: "ktap", extension: "ktap", render: ktap::render },
    Format { name: "junit", extension: "xml", render: junit::render },
];

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    StandardOutput,
    /// A file. It is replaced as a whole, so that nobody ever reads half a report.
    File(PathBuf),
}

/// Collects events, and writes a report when the run has ended.
pub struct FileReporter {
    render: fn(&Report) -> io::Result<String>,
    destination: Destination,
    collector: Collector,
}

impl FileReporter {
    /// Writes nothing yet.
    pub fn new(format: &Format, destination: Destination) -> Self {
        Self { render: format.render, destination, collector: Collector::default() }
    }
}

impl Reporter for FileReporter {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Some(report) = self.collector.take(event) else {
            return Ok(());
        };
        let text = (self.render)(&report)?;
        let written = match &self.destination {
            Destination::StandardOutput => {
                let mut output = io::stdout().lock();
                let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
                written.map_err(|error| format!("standard output: {error}"))
            }
            Destination::File(path) => data::replace(path, text.as_bytes()).map_err(|error| error.to_string()),
        };
        written.map_err(|error| io::Error::other(format!("writing {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn each_format_is_written_to_its_file() {
        let directory = tempfile::tempdir().expect("a directory");
        for format in FORMATS {
            let path = directory.path().join(format.name);
            let mut reporter = FileReporter::new(format, Destination::File(path.clone()));
            test_results::tell(&mut reporter).expect("it can be written");
            let expected = (format.render)(&test_results::report()).expect("it can be rendered");
            assert_eq!(data::read(&path), Ok(expected));
        }
    }

    #[test]
    fn an_error_names_the_file() {
        let destination = Destination::File("/proc/no/such/place".into());
        let error = test_results::tell(&mut FileReporter::new(&FORMATS[0], destination));
        let error = error.expect_err("there is no such directory").to_string();
        assert_eq!(error, "writing /proc/no/such/place: there is no directory /proc/no/such");
    }
}
