//! What the supervisor and a worker say to each other.

use super::sandbox::Files;
use super::{examination::Examination, falsification::FalsifiedAnswer};
use crate::case::{CaseId, Judgement, Machine, Stop};
use crate::target::{Binary, Target};
use ptyproof_report::{Call, Entry, Record, Shown, Stopped};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// What a worker is to do. `run` is the directory of the run, and no single wait is longer than `patience`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each says above what its fields are")]
pub enum Job {
    /// Find out what the machine offers.
    Survey { run: PathBuf },
    /// Find out why something may not work on this machine.
    Examine { run: PathBuf },
    /// Ask a binary for its version, where nothing that it starts meanwhile can stay.
    Version { binary: Binary, run: PathBuf, patience: Duration },
    /// Run these cases against a target, one after another; the observation of that number is falsified on the way, to
    /// see whether the case notices. What failed is kept below `keep`.
    Cases {
        cases: Vec<CaseId>,
        target: Arc<dyn Target>,
        run: PathBuf,
        patience: Duration,
        falsified: Option<usize>,
        keep: Option<PathBuf>,
    },
    /// Run a case, and try it again with each answer falsified.
    Falsify { case: CaseId, run: PathBuf, patience: Duration },
    /// Do the task of that name with this input, against a target.
    Task { name: String, input: Value, target: Arc<dyn Target>, run: PathBuf, patience: Duration },
}

impl Job {
    /// Who must see what its worker writes.
    pub(super) fn files(&self) -> Files {
        let served = |target: &dyn Target| target.launcher().is_some_and(|launcher| launcher.profile.served);
        match self {
            Self::Cases { target, .. } | Self::Task { target, .. } if served(&**target) => Files::OfTheMachine,
            _ => Files::OfTheWorker,
        }
    }
}

/// What came of a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseReport {
    /// The judgement.
    pub judgement: Judgement,
    /// Values that were not judged.
    pub records: Vec<Record>,
    /// Which of several accepted behaviours the target shows.
    pub shown: Vec<Shown>,
    /// How many observations were made.
    pub observations: usize,
    /// What was left behind.
    pub teardown: Vec<String>,
    /// What of the machine is no longer as it was.
    pub changed: Vec<String>,
    /// What was said on each terminal.
    pub transcripts: Vec<(String, Vec<Entry>)>,
    /// What was called.
    pub calls: Vec<Call>,
    /// The system calls at which the target was stopped.
    pub stopped: Vec<Stopped>,
    /// How long it took.
    pub duration: Duration,
    /// How long of that the target took to start containers.
    pub starting: Duration,
}

/// What is said where a worker found something else than was asked for.
pub(super) const ANOTHER_QUESTION: &str = "the worker answered another question";

/// What a worker found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum WorkerReport {
    /// What the machine offers.
    Survey(Machine),
    /// What works on this machine.
    Examination(Examination),
    /// The version text, or why there is none.
    Version(Result<String, String>),
    /// What came of each case.
    Cases(Vec<CaseReport>),
    /// What the case made of each answer, or why it did not come to its end.
    Falsified(Result<Vec<FalsifiedAnswer>, Stop>),
    /// What a task answered, or why it did not come to its end.
    Task(Result<Value, Stop>),
    /// The worker's own surroundings could not be made.
    Broken(String),
}
