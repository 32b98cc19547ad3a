//! Random scripts: the model of the line discipline against a terminal.

use super::broken;
use crate::stage::{Model, on_the_target};
use crate::{Found, Fuzz};
use ntty::Edition;
use ptyproof_harness::{case::Stop, container::Workbench, runner::Task};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{rc::Rc, sync::atomic::AtomicBool};

/// Which scripts a worker is to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wanted {
    /// The name of the model's edition to compare with.
    pub edition: String,
    /// The scripts.
    pub scripts: Fuzz,
}

/// How the target and the model compare in them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScriptsResult {
    /// How many scripts were run.
    pub scripts: u64,
    /// How many steps they had.
    pub steps: u64,
    /// Differences that were confirmed, each a small vector in its notation.
    pub found: Vec<String>,
    /// Differences that did not come again.
    pub unconfirmed: Vec<String>,
}

/// Finds out which edition of the model the target does like in some scripts: takes [`Fuzz`], answers its name. That is
/// the newest one where none explains what the target does.
pub const EDITION: Task = Task { name: "edition-of-the-model", body: edition };

fn edition(bench: &Rc<Workbench>, input: &Value) -> Result<Value, Stop> {
    Ok(Value::from(edition_of(bench, Fuzz::deserialize(input).map_err(broken)?)?.unwrap_or_default().name()))
}

/// Runs random scripts on the target: takes [`Wanted`], answers [`ScriptsResult`].
pub const RUN: Task = Task { name: "random-scripts", body: run };

fn run(bench: &Rc<Workbench>, input: &Value) -> Result<Value, Stop> {
    let Wanted { edition, scripts } = Wanted::deserialize(input).map_err(broken)?;
    let known = Edition::ALL.into_iter().find(|known| known.name() == edition);
    let edition = known.ok_or_else(|| broken(format!("the model has no edition {edition}")))?;
    let (mut model, never) = (Model::of_edition(edition), AtomicBool::new(false));
    let report = on_the_target(bench, |stage| Ok(scripts.run(&mut model, stage, |_| (), &never)?))?;
    let once = report.unconfirmed.iter();
    let result = ScriptsResult {
        scripts: report.scripts,
        steps: report.steps,
        found: report.found.iter().map(ToString::to_string).collect(),
        unconfirmed: once.map(|once| format!("script {}: {}", once.script, once.mismatch)).collect(),
    };
    serde_json::to_value(result).map_err(broken)
}

/// The newest edition that explains all of these scripts; where none does, the first thing in which the newest of all
/// differs.
pub fn edition_of(bench: &Rc<Workbench>, scripts: Fuzz) -> Result<Result<Edition, Box<Found>>, Stop> {
    let mut newest = None;
    for edition in Edition::ALL {
        let mut model = Model::of_edition(edition);
        let mismatch = on_the_target(bench, |stage| Ok(scripts.first_mismatch(&mut model, stage)?))?;
        match mismatch {
            None => return Ok(Ok(edition)),
            Some(found) => newest.get_or_insert(Box::new(found)),
        };
    }
    newest.map(Err).ok_or_else(|| Stop::Error("the model has no edition".to_owned()))
}
