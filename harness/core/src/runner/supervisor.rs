//! Starting workers, and taking what they report.

use super::circumstances::{CircumstanceError, settle, suits_containers};
use super::job::{ANOTHER_QUESTION, Job, WorkerReport};
use super::nursery::{Nursery, Streams};
use super::run_directory::{RunDirectory, RunDirectoryError};
use super::{
    examination::Examination,
    interrupt::Interrupt,
    machine_settings::MachineSettings,
    task::Task,
    turn::{Turn, Waiter},
    worker::WORKER,
};
use crate::case::Machine;
use crate::own_program::OwnProgram;
use crate::target::{Binary, CommandError, Finished, Profile, Runtime, RuntimeError, Target};
use crate::target::{Launcher, LauncherError, LauncherProfile};
use serde_json::Value;
use std::io::{self, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The probe's binary, built by this crate's build script.
pub static PROBE: &[u8] = include_bytes!(env!("PTYPROOF_PROBE"));

/// Why nothing can be run here.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// There is no place for files.
    #[error("{0}")]
    Directory(#[from] RunDirectoryError),
    /// The caller's circumstances are in the way.
    #[error("{0}")]
    Circumstances(#[from] CircumstanceError),
    /// A worker does not come up.
    #[error("{0}")]
    Worker(String),
}

/// A look at the machine takes milliseconds.
const SURVEY: Duration = Duration::from_secs(10);

/// Starts workers of one run.
pub struct Supervisor {
    // They end, with their cgroups, before the run's directory does.
    nurseries: Mutex<Vec<Nursery>>,
    run: RunDirectory,
    program: OwnProgram,
    machine: Machine,
    interrupt: Option<Interrupt>,
    say: fn(&str),
}

impl Supervisor {
    /// Makes a place for the run, and asks a first worker what the machine offers.
    pub fn begin() -> Result<Self, SurveyError> {
        Self::prepare(None)
    }

    /// Like [`begin`](Self::begin); once `interrupt` has come, no worker is started any more, and those that run
    /// are ended with all that they started.
    pub fn begin_until(interrupt: Interrupt) -> Result<Self, SurveyError> {
        Self::prepare(Some(interrupt))
    }

    fn prepare(interrupt: Option<Interrupt>) -> Result<Self, SurveyError> {
        settle()?;
        let recovered = MachineSettings::recover().map_err(|error| SurveyError::Worker(error.to_string()))?;
        recovered.iter().for_each(|told| eprintln!("ptyproof: of a run that was killed: {told}"));
        let run = RunDirectory::create()?;
        suits_containers(run.path())?;
        run.executable("probe", PROBE)?;
        let program = OwnProgram::find().map_err(|error| SurveyError::Worker(error.to_string()))?;
        let mut supervisor = Self {
            run,
            program,
            nurseries: Mutex::default(),
            machine: Machine { root: false, many_ids: false, may_disturb: false },
            say: |_| {},
            interrupt,
        };
        let job = Job::Survey { run: supervisor.run.path().to_owned() };
        let survey = supervisor.ask(&job, SURVEY, |report| match report {
            WorkerReport::Survey(machine) => Some(machine),
            _ => None,
        });
        supervisor.machine = survey.map_err(SurveyError::Worker)?;
        Ok(supervisor)
    }

    /// Cases may change settings of the whole machine for a while. What such a case of a run that was killed has left is
    /// put back, here and wherever runs begin.
    pub fn disturbing(mut self, may_disturb: bool) -> Self {
        self.machine.may_disturb = may_disturb;
        self
    }

    /// Who waits for a long time says for what, by this.
    pub fn saying(mut self, say: fn(&str)) -> Self {
        self.say = say;
        self
    }

    /// Waits for the right to run a case; whoever watches the run is told what for. See [`Turn::take`].
    pub(super) fn turn(&self, alone: bool) -> io::Result<Turn> {
        Turn::take(alone, Waiter { interrupt: self.interrupt(), say: &self.say })
    }

    /// Lets a worker look at its own surroundings.
    pub fn examine(&self) -> Result<Examination, SurveyError> {
        let job = Job::Examine { run: self.run.path().to_owned() };
        let examination = self.ask(&job, SURVEY, |report| match report {
            WorkerReport::Examination(examination) => Some(examination),
            _ => None,
        });
        examination.map_err(SurveyError::Worker)
    }

    /// Asks the binary at `path` who it is, in a worker, and chooses its profile unless one is given. Without
    /// an answer after `patience`, it is no runtime.
    pub fn identify(&self, path: &Path, profile: Option<Profile>, patience: Duration) -> Result<Runtime, RuntimeError> {
        let binary = Binary::at(path)?;
        match self.version(&binary, patience) {
            Ok(version) => Runtime::new(binary, version, profile),
            Err(problem) => Err(RuntimeError::Version { path: binary.path, problem }),
        }
    }

    /// A launcher by its profile: the file at `path`, or the one that is installed.
    pub fn launcher(
        &self,
        profile: LauncherProfile,
        path: Option<&Path>,
        patience: Duration,
    ) -> Result<Launcher, LauncherError> {
        let binary = profile.binary(path)?;
        match self.version(&binary, patience) {
            Ok(version) => Ok(Launcher { binary, version, profile }),
            Err(problem) => Err(LauncherError::Version { name: profile.name, path: binary.path, problem }),
        }
    }

    /// What a worker learns when it asks a program for its version; in words, why it does not.
    fn version(&self, binary: &Binary, patience: Duration) -> Result<String, String> {
        let job = Job::Version { binary: binary.clone(), run: self.run.path().to_owned(), patience };
        let version = self.ask(&job, patience * 2, |report| match report {
            WorkerReport::Version(version) => Some(version),
            _ => None,
        });
        version.flatten()
    }

    /// What a worker answers to a job; in words, why it does not.
    pub(super) fn ask<A>(
        &self,
        job: &Job,
        deadline: Duration,
        answer: impl FnOnce(WorkerReport) -> Option<A>,
    ) -> Result<A, String> {
        match self.work(job, deadline) {
            Ok(WorkerReport::Broken(why)) => Err(why),
            Ok(report) => answer(report).ok_or_else(|| ANOTHER_QUESTION.to_owned()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// Nurseries that have no worker at the moment.
    fn idle(&self) -> MutexGuard<'_, Vec<Nursery>> {
        self.nurseries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the run was asked to end.
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(Interrupt::came)
    }

    fn interrupt(&self) -> Option<BorrowedFd<'_>> {
        self.interrupt.as_ref().map(AsFd::as_fd)
    }

    /// What the machine offers.
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// The run's directory.
    pub fn run_directory(&self) -> &RunDirectory {
        &self.run
    }

    /// Does one of the program's tasks in a worker, side by side with others' cases but not with those that must run
    /// alone. `patience` is the longest single wait.
    pub fn task(
        &self,
        task: &Task,
        input: Value,
        target: &Arc<dyn Target>,
        patience: Duration,
        deadline: Duration,
    ) -> Result<WorkerReport, WorkerFailure> {
        let input_error = |error: std::io::Error| WorkerFailure::Input(error.to_string());
        let _turn = self.turn(false).map_err(input_error)?;
        let job = Job::Task {
            name: task.name.to_owned(),
            input,
            target: target.clone(),
            run: self.run.path().to_owned(),
            patience,
        };
        self.work(&job, deadline)
    }

    /// Does one job in a worker, which is killed with all it started when `deadline` is over.
    pub fn work(&self, job: &Job, deadline: Duration) -> Result<WorkerReport, WorkerFailure> {
        let input_error = |error: std::io::Error| WorkerFailure::Input(error.to_string());
        let job = serde_json::to_vec(job).map_err(|error| input_error(error.into()))?;
        let (input, leash) = std::io::pipe().map_err(input_error)?;
        // A file, not a pipe: transcripts may be long, and a worker must never wait for its reader.
        let mut report = tempfile::tempfile().map_err(input_error)?;
        let output = report.try_clone().map_err(input_error)?;
        let streams = Streams { input: input.into(), output: output.into(), leash };
        let nursery = match self.idle().pop() {
            Some(nursery) => nursery,
            None => Nursery::start(self.program.command(), WORKER, self.run.name()).map_err(input_error)?,
        };
        let finished = nursery.run(&job, streams, deadline, self.interrupt());
        if finished.is_ok() {
            self.idle().push(nursery);
        }
        let finished = finished.map_err(WorkerFailure::Command)?;
        report.seek(SeekFrom::Start(0)).map_err(input_error)?;
        serde_json::from_reader(std::io::BufReader::new(report))
            .map_err(|_| WorkerFailure::NoReport(Box::new(finished)))
    }
}

/// Why a worker did not report.
#[derive(Debug, thiserror::Error)]
pub enum WorkerFailure {
    /// Its job could not be handed over, or its report not be taken.
    #[error("the files of a worker: {0}")]
    Input(String),
    /// It could not be started or was killed at its deadline.
    #[error("{0}")]
    Command(CommandError),
    /// It ended without a word.
    #[error("the worker ended without a report: {}", .0.describe())]
    NoReport(Box<Finished>),
}
