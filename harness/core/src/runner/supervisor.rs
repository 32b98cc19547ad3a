//! Starting workers, and taking what they report.

use super::job::{Job, WorkerReport};
use super::run_directory::{RunDirectory, RunDirectoryError};
use super::worker::WORKER;
use crate::case::Machine;
use crate::target::{CommandError, Finished, Running};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The probe's binary, built by this crate's build script.
pub static PROBE: &[u8] = include_bytes!(env!("PTYPROOF_PROBE"));

/// Why nothing can be run here.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// There is no place for files.
    #[error("{0}")]
    Directory(#[from] RunDirectoryError),
    /// A worker does not come up.
    #[error("{0}")]
    Worker(String),
}

/// Starts workers of one run.
pub struct Supervisor {
    run: RunDirectory,
    program: PathBuf,
    machine: Machine,
}

impl Supervisor {
    /// Makes a place for the run, and asks a first worker what the machine offers.
    pub fn begin() -> Result<Self, SurveyError> {
        let run = RunDirectory::create(PROBE)?;
        // Not current_exe(): that path may have been replaced by a newer build meanwhile.
        let program = PathBuf::from("/proc/self/exe");
        let mut supervisor = Self {
            run,
            program,
            machine: Machine {
                root: false,
                many_ids: false,
            },
        };
        let job = Job::Survey {
            run: supervisor.run.path().to_owned(),
        };
        supervisor.machine = match supervisor.work(&job, Duration::from_secs(10)) {
            Ok(WorkerReport::Survey(machine)) => machine,
            Ok(WorkerReport::Broken(why)) => return Err(SurveyError::Worker(why)),
            Ok(other) => return Err(SurveyError::Worker(format!("unexpected report {other:?}"))),
            Err(failure) => return Err(SurveyError::Worker(failure.describe())),
        };
        Ok(supervisor)
    }

    /// What the machine offers.
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// The run's directory.
    pub fn run_directory(&self) -> &RunDirectory {
        &self.run
    }

    /// Does one job in a worker, which is killed with all it started when `deadline` is over.
    pub fn work(&self, job: &Job, deadline: Duration) -> Result<WorkerReport, WorkerFailure> {
        let input_error = |error: std::io::Error| WorkerFailure::Input(error.to_string());
        let mut input = tempfile::tempfile().map_err(input_error)?;
        serde_json::to_writer(&input, job)
            .map_err(std::io::Error::from)
            .and_then(|()| input.flush())
            .and_then(|()| input.seek(SeekFrom::Start(0)))
            .map_err(input_error)?;
        // A file, not a pipe: transcripts may be long, and a worker must never wait for its reader.
        let mut report = tempfile::tempfile().map_err(input_error)?;
        let output = report.try_clone().map_err(input_error)?;
        let mut command = Command::new(&self.program);
        command
            .arg(WORKER)
            .stdin(Stdio::from(input))
            .stdout(Stdio::from(output));
        command.stderr(Stdio::piped());
        let finished = Running::start_with_streams(command)
            .and_then(|running| running.finish(deadline))
            .map_err(WorkerFailure::Command)?;
        report.seek(SeekFrom::Start(0)).map_err(input_error)?;
        serde_json::from_reader(std::io::BufReader::new(report))
            .map_err(|_| WorkerFailure::NoReport(Box::new(finished)))
    }
}

/// Why a worker did not report.
#[derive(Debug)]
pub enum WorkerFailure {
    /// Its job could not be handed over, or its report not be taken.
    Input(String),
    /// It could not be started or was killed at its deadline.
    Command(CommandError),
    /// It ended without a word.
    NoReport(Box<Finished>),
}

impl WorkerFailure {
    /// In a sentence.
    pub fn describe(&self) -> String {
        match self {
            Self::Input(error) => format!("the files of a worker: {error}"),
            Self::Command(error) => error.to_string(),
            Self::NoReport(finished) => {
                format!("the worker ended without a report: {}", finished.describe())
            }
        }
    }
}
