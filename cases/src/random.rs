//! Random scripts: the model of the line discipline against a terminal.

use crate::line_discipline::on_the_subject;
use ptyproof_harness::case::Stop;
use ptyproof_harness::container::Workbench;
use ptyproof_harness::runner::Task;
use ptyproof_scenario::Fuzz;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// Which scripts a worker is to run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Wanted {
    /// The seed.
    pub seed: u64,
    /// Number of the first script.
    pub first: u64,
    /// How many.
    pub count: u64,
}

/// What came of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Came {
    /// How many scripts were run.
    pub scripts: u64,
    /// How many steps they had.
    pub steps: u64,
    /// Differences that were confirmed, each a small vector in its notation.
    pub found: Vec<String>,
    /// Differences that did not come again.
    pub unconfirmed: Vec<String>,
}

/// Runs random scripts on the subject: takes [`Wanted`], answers [`Came`].
pub const TASK: Task = Task {
    name: "random-scripts",
    body: task,
};

fn task(bench: &Rc<Workbench>, input: &Value) -> Result<Value, Stop> {
    let broken = |error: &dyn std::fmt::Display| Stop::Error(error.to_string());
    let wanted = Wanted::deserialize(input).map_err(|error| broken(&error))?;
    let came = run(bench, wanted)?;
    serde_json::to_value(came).map_err(|error| broken(&error))
}

/// Runs scripts on the subject of a bench.
pub fn run(bench: &Rc<Workbench>, wanted: Wanted) -> Result<Came, Stop> {
    let Wanted { seed, first, count } = wanted;
    let broken = |error: &dyn std::fmt::Display| Stop::Error(error.to_string());
    let never = AtomicBool::new(false);
    let report = on_the_subject(bench, |stage| {
        let fuzz = Fuzz { seed, first, count };
        fuzz.run(stage, |_| (), &never)
            .map_err(|error| broken(&error))
    })?;
    let once = report.unconfirmed.iter();
    Ok(Came {
        scripts: report.scripts,
        steps: report.steps,
        found: report.found.iter().map(ToString::to_string).collect(),
        unconfirmed: once
            .map(|once| format!("script {}: {}", once.script, once.mismatch))
            .collect(),
    })
}
