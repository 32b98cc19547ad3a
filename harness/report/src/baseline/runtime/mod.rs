//! Baselines of runtimes: what each version that was run was seen to do.
//!
//! As those of kernels, they hold what is worth a word: a case that is not named passes, and shows and records nothing.
//! Of a failure that is known they hold what is known of it, for how it looks may differ from run to run.

mod name;
mod page;

pub use name::RuntimeName;

use crate::comparison::{Behaviour, printable_id};
use crate::data::{self, DataError};
use crate::{CaseId, CaseResult, Report, Target, Verdict, printable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// What one version of a runtime was seen to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeBaseline {
    /// The first line that `--version` printed.
    pub version: String,
    /// The number of the kernel that it ran on.
    pub kernel: String,
    /// What `uname -m` said.
    pub architecture: String,
    /// The cases that are worth a word.
    #[serde(rename = "case", default)]
    pub cases: BTreeMap<CaseId, Did>,
}

/// What a runtime did in one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Did {
    /// The verdict, unless the case passed or was only recorded. One that is known to fail is a `fail`, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What happens, where it is known; else what was looked at, or why it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Where that is reported or documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What was left behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_behind: Vec<String>,
    /// Which of several accepted behaviours was seen, by what was looked at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shows: BTreeMap<String, String>,
    /// The values that were recorded, by what they are of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub records: BTreeMap<String, String>,
}

/// Why there is no baseline of a runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The run did not come to its end.
    #[error("the run was interrupted; expected a report of all cases")]
    Interrupted,
    /// Something went wrong that is not the runtime's.
    #[error("{0} ended in error; expected a report without any")]
    Broken(CaseId),
    /// `--version` says nothing that could be a name.
    #[error("--version printed \"{0}\"; expected a name and a version, such as runc version 1.1.5")]
    Version(String),
    /// A file cannot be read or written, or is no baseline.
    #[error(transparent)]
    File(#[from] DataError),
    /// A baseline has the name of another version's.
    #[error("{origin}: is of {version}; expected its name to be {expected}")]
    #[allow(missing_docs, reason = "the message says what the fields are")]
    Misnamed { origin: String, version: String, expected: String },
    /// A baseline cannot be put into words.
    #[error("writing TOML: {0}")]
    Toml(#[from] toml::ser::Error),
}

impl RuntimeBaseline {
    /// The baseline that a report of a runtime makes.
    pub fn of(report: &Report) -> Result<Self, RuntimeError> {
        if report.interrupted {
            return Err(RuntimeError::Interrupted);
        }
        if let Some(broken) = report.results.iter().find(|result| result.verdict == Verdict::Error) {
            return Err(RuntimeError::Broken(printable_id(&broken.id)));
        }
        let kernel = &report.environment.kernel;
        let number = kernel.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(kernel.len());
        let place = own_place(&report.target);
        let did = report.results.iter().map(|result| (printable_id(&result.id), Did::from(result).outside_of(place)));
        let baseline = Self {
            version: printable(report.target.version.lines().next().unwrap_or_default()),
            kernel: kernel[..number].trim_end_matches('.').to_owned(),
            architecture: printable(&report.environment.architecture),
            cases: did.filter(|(_, did)| *did != Did::default()).collect(),
        };
        baseline.name()?;
        Ok(baseline)
    }

    /// The runtime and its version.
    pub fn name(&self) -> Result<RuntimeName, RuntimeError> {
        RuntimeName::of(&self.version)
    }
}

/// The directory that a runtime was unpacked or built in, if it is not where the system has its programs.
fn own_place(target: &Target) -> &str {
    let path = target.file.as_deref().unwrap_or(&target.path);
    let ends = ["/usr/", "/bin/", "/sbin/"].into_iter().filter_map(|part| path.find(part));
    &path[..ends.min().unwrap_or(0)]
}

impl Did {
    /// With a directory of the machine left out of all paths: it says nothing of the runtime.
    fn outside_of(mut self, place: &str) -> Self {
        if place.is_empty() {
            return self;
        }
        let values = self.records.values_mut().chain(&mut self.because).chain(&mut self.left_behind);
        values.for_each(|value| *value = value.replace(place, ""));
        self
    }
}

impl From<&CaseResult> for Did {
    fn from(result: &CaseResult) -> Self {
        let behaviour = Behaviour::from(result);
        let ended = behaviour.ended.filter(|ended| !matches!(ended.verdict, Verdict::Pass | Verdict::Info));
        let verdict = ended.as_ref().map(|ended| match ended.verdict {
            Verdict::Xfail => Verdict::Fail,
            Verdict::Xpass => Verdict::Pass,
            verdict => verdict,
        });
        let known = result.known.as_ref().filter(|_| result.verdict == Verdict::Xfail);
        // A race that was lost this time says nothing of the next.
        let verdict = verdict.filter(|_| !known.is_some_and(|known| known.now_and_then));
        let known = known.filter(|known| !known.now_and_then);
        let seen = || {
            let ended = ended.as_ref().filter(|_| verdict.is_some())?;
            let parts: Vec<&str> = [&ended.reason, &ended.observed].into_iter().flatten().map(String::as_str).collect();
            (!parts.is_empty()).then(|| parts.join(": "))
        };
        Self {
            verdict: verdict.filter(|verdict| *verdict != Verdict::Pass),
            because: known.map(|known| printable(&known.because)).or_else(seen),
            link: known.map(|known| printable(&known.link)),
            left_behind: behaviour.left_behind,
            shows: behaviour.shown.into_iter().map(|(what, shows)| (what, shows.behaviour)).collect(),
            records: behaviour.records,
        }
    }
}

/// The baselines of all versions of all runtimes that were run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeBaselines {
    all: BTreeMap<RuntimeName, RuntimeBaseline>,
}

/// The page that is made from all of them, beside their directory.
const PAGE: &str = "RUNTIMES.md";

/// Where they lie.
const DIRECTORY: &str = "runtimes";

impl RuntimeBaselines {
    /// Parses files, each with its name and its text.
    pub fn parse<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self, RuntimeError> {
        let mut all = Self::default();
        for (origin, text) in files {
            let baseline: RuntimeBaseline = data::parse(origin, text)?;
            let expected = baseline.name()?.file();
            if Path::new(origin).file_name().unwrap_or_default() != expected.as_str() {
                return Err(RuntimeError::Misnamed { origin: origin.to_owned(), version: baseline.version, expected });
            }
            all.add(baseline)?;
        }
        Ok(all)
    }

    /// Reads those of the directory `runtimes` of a directory; none where there is no such.
    pub fn read(directory: &Path) -> Result<Self, RuntimeError> {
        let directory = directory.join(DIRECTORY);
        let files = if directory.exists() { data::read_all(&directory)? } else { Vec::new() };
        Self::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// Takes the baseline of a version, in place of the one that it has.
    pub fn add(&mut self, baseline: RuntimeBaseline) -> Result<RuntimeName, RuntimeError> {
        let name = baseline.name()?;
        self.all.insert(name.clone(), baseline);
        Ok(name)
    }

    /// The baselines, by runtime and version.
    pub fn iter(&self) -> impl Iterator<Item = &RuntimeBaseline> {
        self.all.values()
    }

    /// The files that hold all this: their places, and their texts.
    pub fn files(&self) -> Result<Vec<(String, String)>, RuntimeError> {
        let mut files = Vec::new();
        for (name, baseline) in &self.all {
            let (runtime, version) = (&name.runtime, &name.version);
            let text = toml::to_string_pretty(baseline)?;
            let head = format!(
                "# What {runtime} {version} was seen to do. Written by `ptyproof compare --write-baselines`, from a report of all \
                 cases."
            );
            files.push((format!("{DIRECTORY}/{}", name.file()), format!("{head}\n\n{text}")));
        }
        files.push((PAGE.to_owned(), self.page()));
        Ok(files)
    }

    /// Writes those files into a directory, each as a whole.
    pub fn write(&self, directory: &Path) -> Result<(), RuntimeError> {
        let runtimes = directory.join(DIRECTORY);
        std::fs::create_dir_all(&runtimes).map_err(|error| DataError::of(&runtimes, error))?;
        for (name, text) in self.files()? {
            data::replace(&directory.join(name), text.as_bytes())?;
        }
        Ok(())
    }
}
