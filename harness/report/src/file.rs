//! A report that is written when the run has ended.

use super::document::Collector;
use super::{Event, Report, Reporter, junit, tap};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The shape of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// [`Report`] as JSON: everything.
    Json,
    /// TAP 14.
    Tap,
    /// JUnit XML.
    Junit,
}

impl Format {
    /// The report in this shape.
    pub fn render(self, report: &Report) -> io::Result<String> {
        match self {
            Self::Json => report.to_json().map_err(io::Error::from),
            Self::Tap => tap::render(report).map_err(io::Error::other),
            Self::Junit => junit::render(report).map_err(io::Error::other),
        }
    }
}

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    StandardOutput,
    /// A file. It is replaced as a whole, so that nobody ever reads half a report; what is no regular file, such
    /// as a pipe or `/dev/null`, is written to.
    File(PathBuf),
}

/// Collects events, and writes a report when the run has ended.
pub struct FileReporter {
    format: Format,
    destination: Destination,
    collector: Collector,
}

impl FileReporter {
    /// Writes nothing yet.
    pub fn new(format: Format, destination: Destination) -> Self {
        Self { format, destination, collector: Collector::default() }
    }
}

impl Reporter for FileReporter {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Some(report) = self.collector.take(event) else {
            return Ok(());
        };
        let text = self.format.render(&report)?;
        let (name, written) = match &self.destination {
            Destination::StandardOutput => {
                let mut output = io::stdout().lock();
                let written = output.write_all(text.as_bytes());
                ("standard output".to_owned(), written.and_then(|()| output.flush()))
            }
            Destination::File(path) => (path.display().to_string(), replace(path, text.as_bytes())),
        };
        written.map_err(|error| io::Error::new(error.kind(), format!("writing {name}: {error}")))
    }
}

/// Puts `content` at `path`, all or nothing.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // A symbolic link stays one; what it points to is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if path.metadata().is_ok_and(|existing| !existing.is_file()) {
        return File::options().write(true).open(path)?.write_all(content);
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // As open(2) would make it: what the umask leaves of rw for all.
    let mut file =
        tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("report.json");
        std::fs::write(&path, "old").expect("it can be written");
        let mut reporter = FileReporter::new(Format::Json, Destination::File(path.clone()));
        test_results::tell(&mut reporter).expect("it can be written");
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(Report::from_json(&text).expect("JSON"), test_results::report());
        let entries = std::fs::read_dir(directory.path()).expect("it can be listed");
        assert_eq!(entries.count(), 1);
    }

    #[test]
    fn an_error_names_the_file() {
        let path = PathBuf::from("/proc/no/such/place");
        let mut reporter = FileReporter::new(Format::Tap, Destination::File(path));
        let error = test_results::tell(&mut reporter).expect_err("there is no such directory");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().starts_with("writing /proc/no/such/place: "), "{error}");
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let mut reporter = FileReporter::new(Format::Tap, Destination::File("/dev/null".into()));
        test_results::tell(&mut reporter).expect("it takes everything");
        let null = std::fs::metadata("/dev/null").expect("it is there");
        assert!(!null.is_file());
    }
}
