//! The baselines of all kernels that were run.

use super::{Baseline, BaselineError, KernelName};
use crate::data;
use crate::printable;
use std::{collections::BTreeMap, path::Path};

/// The baselines of all kernels that were run, by version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baselines {
    pub(super) all: BTreeMap<KernelName, Baseline>,
}

/// The page that is made from all baselines of a directory.
const PAGE: &str = "KERNELS.md";

impl Baselines {
    /// Parses files, each with its name and its text.
    pub fn parse<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self, BaselineError> {
        let mut all = Self::default();
        for (origin, text) in files {
            let baseline: Baseline = data::parse(origin, text)?;
            let name = baseline.name()?;
            let expected = name.file();
            if Path::new(origin).file_name().unwrap_or_default() != expected.as_str() {
                let called = baseline.called.as_deref().unwrap_or("Linux");
                let (origin, kernel) = (origin.to_owned(), format!("{called} {}", printable(&baseline.release)));
                return Err(BaselineError::Misnamed { origin, kernel, expected });
            }
            all.add(baseline)?;
        }
        Ok(all)
    }

    /// Reads all baselines of a directory.
    pub fn read(directory: &Path) -> Result<Self, BaselineError> {
        let files = data::read_all(directory)?;
        Self::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// Takes the baseline of a kernel, in place of the one that it has.
    pub fn add(&mut self, baseline: Baseline) -> Result<KernelName, BaselineError> {
        let name = baseline.name()?;
        self.all.insert(name.clone(), baseline);
        Ok(name)
    }

    /// The kernels, by version.
    pub fn kernels(&self) -> impl Iterator<Item = &KernelName> {
        self.all.keys()
    }

    /// The baselines, by version.
    pub fn iter(&self) -> impl Iterator<Item = &Baseline> {
        self.all.values()
    }

    /// The files that hold all this: their names, and their texts.
    pub fn files(&self) -> Result<Vec<(String, String)>, BaselineError> {
        let mut files = Vec::new();
        for (name, baseline) in &self.all {
            let text = toml::to_string_pretty(baseline)?;
            files.push((
                name.file(),
                format!(
                    "# What {} was seen to do. Written by `ptyproof compare --write-baselines`, from a report of \
                     the bare kernel.\n\n{text}",
                    name.title()
                ),
            ));
        }
        files.push((PAGE.to_owned(), self.page()));
        Ok(files)
    }

    /// Writes those files into a directory, each as a whole.
    pub fn write(&self, directory: &Path) -> Result<(), BaselineError> {
        for (name, text) in self.files()? {
            let path = directory.join(name);
            data::replace(&path, text.as_bytes())?;
        }
        Ok(())
    }
}
