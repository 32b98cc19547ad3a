//! The cases of ptyproof: one file per area of behaviour.
//!
//! To add a case, write it in the file of its area and add it to that file's `CASES`. It says itself
//! which defects of the reference runtime turn it red.
#![forbid(unsafe_code)]

mod checkpoint;
mod console;
mod console_socket;
mod coverage;
mod devices;
mod devpts;
mod engine;
mod engines;
mod escape;
mod exec;
mod faults;
mod foreground;
mod frozen;
mod image;
mod kernel;
mod known;
mod leaks;
mod lifecycle;
mod line_discipline;
mod methods;
mod owner;
mod prelude;
mod races;
mod reference;
mod references;
mod refused;
mod relay;
mod session;
mod size;
mod stdio;
pub mod teeth;
mod user_namespace;

pub use coverage::{Behaviour, CatalogueError, Group, catalogue};
pub use faults::EVERY_CALL;
pub use kernel::SURVIVAL;
pub use known::{baselines, editions, expectations, explanations, findings, runtime_baselines};
pub use reference::reference_runtime;

use ptyproof_harness::case::{Case, CaseId, Stop};
use ptyproof_harness::runner;
use ptyproof_scenario::{Fuzz, Vector, tasks::TASKS};
use std::collections::BTreeSet;

/// What containers' terminals are like: the areas in the order of a report. They need a runtime.
const CONTAINERS: &[&[&[Case]]] = &[
    &[lifecycle::CASES],
    devpts::CASES,
    &[devices::CASES],
    console::CASES,
    session::CASES,
    stdio::CASES,
    owner::CASES,
    console_socket::CASES,
    size::CASES,
    line_discipline::CASES,
    relay::CASES,
    foreground::CASES,
    engine::CASES,
    exec::CASES,
    &[image::CASES],
    &[escape::CASES],
    &[user_namespace::CASES],
    engines::CASES,
    &[frozen::CASES],
    &[leaks::CASES],
    &[checkpoint::CASES],
    faults::CASES,
    races::CASES,
    &[methods::CASES],
];

/// All cases, area by area, each once.
pub fn all() -> Vec<&'static Case> {
    let mut known = BTreeSet::new();
    let cases = container_cases().into_iter().chain(kernel_cases()).chain([&SURVIVAL]);
    cases.filter(|case| known.insert(case.id)).collect()
}

/// To be called first by every program that runs these cases; see [`runner::dispatch`].
pub fn dispatch() {
    runner::dispatch(&all(), TASKS);
}

/// The cases that say something about what makes containers.
pub fn container_cases() -> Vec<&'static Case> {
    CONTAINERS.iter().copied().flatten().copied().flatten().collect()
}

/// The cases that say something about the bare kernel.
pub fn kernel_cases() -> Vec<&'static Case> {
    let areas = kernel::CASES.iter().chain([&line_discipline::OF_EVERY_TERMINAL]);
    areas.copied().flatten().copied().flatten().collect()
}

/// The random scripts that are a case.
pub const SCRIPTS: Fuzz = line_discipline::SAME_SCRIPTS;

/// All vectors of the line discipline, each with the name of its file.
pub fn vectors() -> Result<Vec<(&'static str, Vector)>, Stop> {
    line_discipline::vectors()
}

/// Whether a case compares a terminal with the model or with vectors, and so is shown able to fail by mutants of the model.
pub fn told_by_mutants(case: &Case) -> bool {
    let mut scripts = line_discipline::SCRIPTS.iter();
    vector(&case.id()).is_some() || scripts.any(|script| script.id == case.id)
}

/// The vector of a case that is one: the file that it stands in, and how it stands there.
pub fn vector(id: &CaseId) -> Option<(String, &'static str)> {
    line_discipline::source(id.as_str())
}

/// Whether a case of that name exists.
pub fn exists(id: &CaseId) -> bool {
    all().iter().any(|case| case.id == id.as_str())
}

/// The examples of docs/adding.md.
#[cfg(doctest)]
#[doc = include_str!("../../docs/adding.md")]
struct Adding;

/// The example of docs/vectors.md.
#[cfg(doctest)]
#[doc = include_str!("../../docs/vectors.md")]
struct Vectors;
