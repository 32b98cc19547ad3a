//! What commands that let workers work begin with, and work that is no case.

use crate::exit::Refusal;
use ptyproof_harness::runner::{Interrupt, Supervisor, Task, WorkerFailure, WorkerReport};
use ptyproof_harness::target::{CommandError, Target};
use serde::{Serialize, de::DeserializeOwned};
use std::{num::NonZeroUsize, sync::Arc, thread::available_parallelism, time::Duration};

/// The longest wait for a runtime to say its version, and for a single step.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// From here on a signal ends the command in order.
pub fn watched() -> Result<Interrupt, Refusal> {
    Interrupt::watch().map_err(|error| Refusal::machine(format!("watching signals: {error}")))
}

/// Nothing that workers do outlives this, and a signal ends it in order.
pub fn supervised() -> Result<Supervisor, Refusal> {
    Supervisor::begin_until(watched()?).map_err(Refusal::machine)
}

/// `--jobs`, or one for each core.
pub fn jobs(wanted: Option<NonZeroUsize>) -> usize {
    wanted.or_else(|| available_parallelism().ok()).map_or(1, usize::from)
}

/// Lets a worker do a task, for at most `deadline`; nothing comes where the run was interrupted meanwhile. An error in
/// words.
pub fn ask<A: DeserializeOwned>(
    supervisor: &Supervisor,
    target: &Arc<dyn Target>,
    task: &Task,
    input: &impl Serialize,
    deadline: Duration,
) -> Result<Option<A>, String> {
    let input = serde_json::to_value(input).map_err(|error| error.to_string())?;
    match supervisor.task(task, input, target, PATIENCE, deadline) {
        Ok(WorkerReport::Task(Ok(answer))) => {
            serde_json::from_value(answer).map(Some).map_err(|error| error.to_string())
        }
        Ok(WorkerReport::Task(Err(stop))) => Err(stop.to_string()),
        Ok(WorkerReport::Broken(why)) => Err(why),
        Ok(_) => Err("the worker answered another question".to_owned()),
        Err(WorkerFailure::Command(CommandError::Interrupted { .. })) => Ok(None),
        Err(failure) => Err(failure.to_string()),
    }
}
