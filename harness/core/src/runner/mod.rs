//! Running cases: one worker process each, in namespaces of its own, with a deadline.

mod attempt;
mod cgroup;
mod cgroup_namespace;
mod circumstances;
mod device_directory;
mod examination;
mod falsification;
mod interrupt;
mod job;
mod machine_settings;
mod nursery;
mod observation_store;
mod process;
mod run_directory;
mod sandbox;
mod schedule;
mod supervisor;
mod task;
mod teardown;
mod turn;
mod worker;

pub use attempt::{run_one, unmet_need};
pub use circumstances::{CircumstanceError, clean_start};
pub use examination::Examination;
pub use falsification::{FalsifiedAnswer, Noticed, falsify};
pub use interrupt::Interrupt;
pub use job::{CaseReport, Job, WorkerReport};
pub use observation_store::ObservationStore;
pub use run_directory::{RunDirectory, RunDirectoryError};
pub use sandbox::{SandboxError, run_apart};
pub use schedule::{Outcome, Selection, Settings, run, run_all};
pub use supervisor::{PROBE, Supervisor, SurveyError, WorkerFailure};
pub use task::Task;
pub use worker::dispatch;
