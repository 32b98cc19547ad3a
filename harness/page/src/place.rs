//! Where a page is written: one file, or a directory with the reports beside it.

use crate::{Knowledge, page};
use ptyproof_report::Report;
use ptyproof_report::comparison::Explanations;
use ptyproof_report::data::{self, DataError};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The page of a directory.
const PAGE: &str = "index.html";

/// Where the reports of a directory's page lie.
const REPORTS: &str = "reports";

/// Where a page is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// One file.
    File(PathBuf),
    /// A directory: the page is its `index.html`, and the JSON reports that it was made of are beside it.
    Directory(PathBuf),
}

/// Why a page is not written.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// A file or a directory cannot be written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A report cannot be put into words.
    #[error("writing a report as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Place {
    /// What ends in `.html` is a file, and all else a directory.
    pub fn of(path: &Path) -> Self {
        let is_file = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
        if is_file { Self::File(path.to_owned()) } else { Self::Directory(path.to_owned()) }
    }

    /// Whether it can be written, as far as that can be told before. What is missing of a directory is made.
    pub fn prepare(&self) -> Result<(), DataError> {
        if let Self::Directory(directory) = self {
            fs::create_dir_all(directory.join(REPORTS)).map_err(|error| DataError::of(directory, error))?;
        }
        data::can_replace(&self.page())
    }

    /// The file that is to be opened.
    pub fn page(&self) -> PathBuf {
        match self {
            Self::File(file) => file.clone(),
            Self::Directory(directory) => directory.join(PAGE),
        }
    }

    /// Writes the page of reports, each with the file that it was read from.
    pub fn write(
        &self,
        reports: &[(&Path, &Report)],
        explanations: &Explanations,
        knowledge: &dyn Knowledge,
    ) -> Result<(), PlaceError> {
        self.prepare()?;
        if let Self::Directory(directory) = self {
            let mut taken = HashSet::new();
            for (path, report) in reports {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let names = std::iter::once(format!("{stem}.json")).chain((2..).map(|n| format!("{stem}-{n}.json")));
                let name = names.filter(|name| !taken.contains(name)).take(1).collect::<String>();
                data::replace(&directory.join(REPORTS).join(&name), report.to_json()?.as_bytes())?;
                taken.insert(name);
            }
        }
        data::replace(&self.page(), page(reports, explanations, knowledge).as_bytes())?;
        Ok(())
    }
}
