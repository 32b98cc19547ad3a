//! Random scripts: the model of the line discipline against a terminal.

use crate::SCRIPTS;
use crate::line_discipline::{edition_of, on_the_target};
use ntty::Edition;
use ptyproof_harness::case::Stop;
use ptyproof_harness::container::Workbench;
use ptyproof_harness::runner::Task;
use ptyproof_scenario::Fuzz;
use ptyproof_scenario::stage::Model;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// Which scripts a worker is to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wanted {
    /// The name of the model's edition to compare with.
    pub edition: String,
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

/// Finds out which edition of the model the target does like: takes nothing, answers its name. That is the newest
/// one where none explains what the target does.
pub const EDITION: Task = Task { name: "edition-of-the-model", body: edition };

fn edition(bench: &Rc<Workbench>, _: &Value) -> Result<Value, Stop> {
    let edition = edition_of(bench, SCRIPTS)?.unwrap_or_default();
    Ok(Value::from(edition.name()))
}

/// Runs random scripts on the target: takes [`Wanted`], answers [`Came`].
pub const TASK: Task = Task { name: "random-scripts", body: task };

fn task(bench: &Rc<Workbench>, input: &Value) -> Result<Value, Stop> {
    let broken = |error: &dyn std::fmt::Display| Stop::Error(error.to_string());
    let wanted = Wanted::deserialize(input).map_err(|error| broken(&error))?;
    let came = run(bench, wanted)?;
    serde_json::to_value(came).map_err(|error| broken(&error))
}

/// Runs scripts on the target of a bench.
pub fn run(bench: &Rc<Workbench>, wanted: Wanted) -> Result<Came, Stop> {
    let broken = |error: &dyn std::fmt::Display| Stop::Error(error.to_string());
    let Wanted { edition, seed, first, count } = wanted;
    let known = Edition::ALL.into_iter().find(|known| known.name() == edition);
    let edition = known.ok_or_else(|| broken(&format!("the model has no edition {edition}")))?;
    let never = AtomicBool::new(false);
    let report = on_the_target(bench, |stage| {
        let fuzz = Fuzz { seed, first, count };
        let mut model = Model::of_edition(edition);
        fuzz.run(&mut model, stage, |_| (), &never).map_err(|error| broken(&error))
    })?;
    let once = report.unconfirmed.iter();
    Ok(Came {
        scripts: report.scripts,
        steps: report.steps,
        found: report.found.iter().map(ToString::to_string).collect(),
        unconfirmed: once.map(|once| format!("script {}: {}", once.script, once.mismatch)).collect(),
    })
}
