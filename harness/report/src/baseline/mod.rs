//! Baselines: what each kernel was seen to do, kept in files, so that a kernel that does something else is noticed; and what
//! each version of a runtime was seen to do.
//!
//! A baseline holds what may differ from kernel to kernel: which of several accepted behaviours a kernel shows, the
//! values that are recorded, and each case that does not pass. A case that it does not name passes, and shows and
//! records nothing.

mod check;
mod collection;
mod history;
mod kernel_name;
mod runs;
mod runtime;

#[cfg(test)]
mod tests;

pub use check::{Against, Check};
pub use collection::Baselines;
pub use kernel_name::KernelName;
pub use runtime::{Did, RuntimeBaseline, RuntimeBaselines, RuntimeError, RuntimeName};

use crate::comparison::{Behaviour, Ended, Shows, printable_id, sysctls};
use crate::data::DataError;
use crate::{CaseId, Report, Verdict, printable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one kernel was seen to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// What `uname -r` said.
    pub release: String,
    /// What the kernel is called, where it is not one Linux among others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// What `uname -m` said.
    pub architecture: String,
    /// The sysctls that bear on terminals.
    pub sysctls: BTreeMap<String, String>,
    /// The cases that are worth a word.
    #[serde(rename = "case", default)]
    pub cases: BTreeMap<CaseId, Observed>,
}

/// What was seen in one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// The verdict, unless the case passed or was only recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What the case looked at when it failed, or why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
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

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The report is one of a runtime.
    #[error("tested was {0}; expected a report of the bare kernel (run --target kernel)")]
    NotAKernel(String),
    /// The report is of a machine's own kernel, with what that machine has set and loaded.
    #[error(
        "tested was the kernel of a machine; expected one that was booted for it (ptyproof kernel IMAGE), or that has a name \
         (run --target kernel --via COMMAND --as NAME)"
    )]
    OfAMachine,
    /// The run did not come to its end.
    #[error("the run was interrupted; expected a report of all cases")]
    Interrupted,
    /// The kernel's release is none.
    #[error("the kernel's release is \"{0}\"; expected one that begins with MAJOR.MINOR")]
    Release(String),
    /// What the kernel is called is no name.
    #[error("the kernel is called \"{0}\"; expected small letters, digits and dashes")]
    Called(String),
    /// A file cannot be read or written, or is no baseline.
    #[error(transparent)]
    File(#[from] DataError),
    /// A baseline has the name of another kernel's.
    #[error("{origin}: is of {kernel}; expected its name to be {expected}")]
    #[allow(missing_docs, reason = "the message says what the fields are")]
    Misnamed { origin: String, kernel: String, expected: String },
    /// A baseline cannot be put into words.
    #[error("writing TOML: {0}")]
    Toml(#[from] toml::ser::Error),
}

impl Baseline {
    /// The baseline that a report of the bare kernel makes.
    pub fn of(report: &Report) -> Result<Self, BaselineError> {
        usable(report)?;
        // An image that was booted has a hash.
        if report.target.sha256.is_empty() && report.target.called.is_none() {
            return Err(BaselineError::OfAMachine);
        }
        let results = report.results.iter().filter_map(|result| {
            let observed = Observed::from(Behaviour::from(result));
            (observed != Observed::default()).then(|| (printable_id(&result.id), observed))
        });
        let baseline = Self {
            release: printable(&report.environment.kernel),
            called: report.target.called.clone(),
            architecture: printable(&report.environment.architecture),
            sysctls: sysctls(&report.environment),
            cases: results.collect(),
        };
        baseline.name()?;
        Ok(baseline)
    }

    /// The kernel's name.
    pub fn name(&self) -> Result<KernelName, BaselineError> {
        KernelName::of(&self.release, self.called.as_deref())
    }

    /// What the kernel did in a case.
    fn behaviour(&self, case: &CaseId) -> Behaviour {
        let observed = self.cases.get(case).cloned().unwrap_or_default();
        let shown = observed.shows.into_iter().map(|(what, behaviour)| {
            let value = None;
            (what, Shows { behaviour, value })
        });
        Behaviour {
            ended: Some(Ended {
                verdict: observed.verdict.unwrap_or(Verdict::Pass),
                reason: observed.reason,
                expected: None,
                observed: observed.observed,
            }),
            by_luck: false, // of kernels no race is known
            shown: shown.collect(),
            records: observed.records,
            left_behind: observed.left_behind,
        }
    }
}

/// What baselines are about is the bare kernel, and all of it: what is missing would be taken for a change.
fn usable(report: &Report) -> Result<(), BaselineError> {
    if !report.target.is_kernel() {
        let version = report.target.version.lines().next().unwrap_or_default();
        return Err(BaselineError::NotAKernel(printable(version)));
    }
    if report.interrupted {
        return Err(BaselineError::Interrupted);
    }
    Ok(())
}

impl From<Behaviour> for Observed {
    fn from(behaviour: Behaviour) -> Self {
        let ended = behaviour.ended.filter(|ended| !matches!(ended.verdict, Verdict::Pass | Verdict::Info));
        let shows = behaviour.shown.into_iter();
        Self {
            verdict: ended.as_ref().map(|ended| ended.verdict),
            reason: ended.as_ref().and_then(|ended| ended.reason.clone()),
            observed: ended.and_then(|ended| ended.observed),
            left_behind: behaviour.left_behind,
            shows: shows.map(|(what, shows)| (what, shows.behaviour)).collect(),
            records: behaviour.records,
        }
    }
}
