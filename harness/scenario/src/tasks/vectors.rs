//! Vectors of a user's own: performed in a worker, on the bare kernel or on the terminal of a container.

use super::broken;
use crate::stage::{Stage, on_the_target};
use crate::{Vector, judge, notation};
use ptyproof_harness::{case::Stop, container::Workbench, runner::Task};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::rc::Rc;

/// A file of vectors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct File {
    /// What it is called in complaints.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// The verdict on one vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorResult {
    /// Its id.
    pub id: String,
    /// Which of its outcomes came, where it has several; or where it differs.
    pub holds: Result<Option<String>, String>,
}

/// Performs files of vectors on the target: takes a list of [`File`], answers a list of [`VectorResult`].
pub const PERFORM: Task = Task { name: "perform-vectors", body: task };

fn task(bench: &Rc<Workbench>, input: &Value) -> Result<Value, Stop> {
    let vectors = read(&Vec::<File>::deserialize(input).map_err(broken)?).map_err(Stop::Error)?;
    let results = on_the_target(bench, |stage| Ok(perform(&vectors, stage)))?;
    serde_json::to_value(results).map_err(broken)
}

/// The vectors of these files, or the first mistake: file, line and what was expected.
pub fn read(files: &[File]) -> Result<Vec<Vector>, String> {
    let mut all = Vec::new();
    for File { name, text } in files {
        all.extend(notation::parse(name, text).map_err(|error| error.to_string())?);
    }
    Ok(all)
}

/// Performs vectors one after another.
pub fn perform(vectors: &[Vector], stage: &mut dyn Stage) -> Vec<VectorResult> {
    let each = vectors.iter().map(|vector| VectorResult {
        id: vector.id.clone(),
        holds: judge(vector, stage)
            .map(|behaviour| behaviour.map(|behaviour| behaviour.to_string()))
            .map_err(|why| why.to_string()),
    });
    each.collect()
}
