//! The cases of ptyproof: one file per area of behaviour.
//!
//! To add a case, write it in the file of its area and add it to that file's `CASES`. It says itself
//! which defects of the reference runtime turn it red.
#![forbid(unsafe_code)]

mod console;
mod console_socket;
mod coverage;
mod devpts;
mod exec;
mod kernel;
mod known;
mod leaks;
mod lifecycle;
mod line_discipline;
mod owner;
pub mod perform;
pub mod random;
mod reference;
mod references;
mod refused;
mod relay;
mod session;
mod size;
mod stdio;

pub use coverage::{Behaviour, CatalogueError, Group, catalogue};
pub use kernel::SURVIVAL;
pub use known::{baselines, expectations, explanations};
pub use reference::reference_runtime;

use ptyproof_harness::case::{Case, CaseId, Stop};
use ptyproof_harness::runner;
use ptyproof_scenario::{Fuzz, Vector};
use std::collections::BTreeSet;

/// What containers' terminals are like: the areas in the order of a report. They need a runtime.
const CONTAINERS: &[&[Case]] = &[
    lifecycle::CASES,
    devpts::MOUNT,
    devpts::OPTIONS,
    devpts::PTMX,
    devpts::REPLACEMENT,
    devpts::ALLOCATION,
    devpts::SIDE_BY_SIDE,
    console::CASES,
    session::LEADER,
    session::ACQUISITION,
    session::WITHOUT_TERMINAL,
    session::EXEC,
    session::KEYS,
    session::JOBS,
    stdio::TERMINAL,
    stdio::MAPPING,
    stdio::EXTRA,
    owner::CASES,
    owner::EXEC,
    console_socket::CASES,
    size::CONFIGURED,
    size::CALLER,
    size::RESIZE,
    line_discipline::CALLS,
    line_discipline::SETTINGS,
    line_discipline::CONTROL,
    line_discipline::BYTES,
    line_discipline::VECTORS,
    line_discipline::SCRIPTS,
    relay::OUTPUT,
    relay::ENDING,
    relay::STREAMS,
    relay::CALLER,
    relay::INPUT,
    exec::TERMINAL,
    exec::SIDE_BY_SIDE,
    leaks::CASES,
];

/// What the kernel's terminals are like: the areas in the order of a report. They need no runtime.
const KERNEL: &[&[Case]] = &[
    kernel::devpts::MOUNT,
    kernel::devpts::OPTIONS,
    kernel::devpts::REMOUNT,
    kernel::devpts::OWNER,
    kernel::devpts::ACCESS,
    kernel::devpts::ENTRIES,
    kernel::devpts::NUMBERS,
    kernel::devpts::PTMX,
    kernel::devpts::EXTERNAL,
    kernel::devpts::UNMOUNTING,
    kernel::devpts::CROSSING,
    kernel::devpts::USER_NAMESPACE,
    kernel::devpts::LIMITS,
    kernel::devpts::RESERVE,
    kernel::console::BOUND,
    kernel::console::NAMES,
    kernel::console::STREAMS,
    kernel::console::REAL,
    kernel::console::REDIRECTED,
    kernel::injection::TYPING,
    kernel::injection::PERMISSION,
    kernel::TRANSFER,
    kernel::IOCTL,
    kernel::SIZE,
    kernel::pair::LOCKING,
    kernel::pair::OPENING,
    kernel::pair::EXCLUSIVE,
    kernel::pair::SIDES,
    kernel::pair::SETTINGS,
    kernel::pair::LOCKED_SETTINGS,
    kernel::pair::UNOPENED_SLAVE,
    kernel::pair::CLOSED_MASTER,
    kernel::pair::BLOCKED,
    kernel::pair::HANGUP,
    kernel::pair::CAPACITY,
    kernel::pair::DRAINING,
    kernel::pair::READING,
    kernel::pair::IOCTLS,
    kernel::pair::DISCIPLINE,
    kernel::pair::TIMES,
    kernel::packets::DATA,
    kernel::packets::STATUSES,
    kernel::packets::ENDING,
    kernel::FLOW,
    kernel::queues::FLUSHES,
    kernel::queues::WAITING,
    kernel::queues::COUNTS,
    kernel::session::OPENING,
    kernel::session::ACQUIRING,
    kernel::session::STEALING,
    kernel::session::LOSING,
    kernel::session::DEV_TTY,
    kernel::session::ASKING,
    kernel::jobs::FOREGROUND,
    kernel::jobs::READING,
    kernel::jobs::WRITING,
    kernel::jobs::SETTINGS,
    kernel::jobs::KEYS,
    kernel::jobs::ORPHANS,
    kernel::hangup::LEADER,
    kernel::hangup::MASTER,
    kernel::hangup::VIRTUAL_HANGUP,
    kernel::hangup::OUTPUT,
    kernel::waiting::MINIMUM,
    kernel::waiting::TIMER,
    kernel::waiting::READERS,
    kernel::waiting::WRITERS,
    kernel::waiting::STOPPED,
    kernel::waiting::POLLING,
    line_discipline::VECTORS,
    line_discipline::SCRIPTS,
];

/// All cases, area by area, each once.
pub fn all() -> Vec<&'static Case> {
    let mut known = BTreeSet::new();
    let areas = CONTAINERS.iter().chain(KERNEL);
    let cases = areas.flat_map(|area| area.iter());
    let cases = cases.chain([&SURVIVAL]);
    cases.filter(|case| known.insert(case.id)).collect()
}

/// To be called first by every program that runs these cases; see [`runner::dispatch`].
pub fn dispatch() {
    runner::dispatch(&all(), &[random::EDITION, random::TASK, perform::TASK]);
}

/// The cases that say something about what makes containers.
pub fn container_cases() -> Vec<&'static Case> {
    CONTAINERS.iter().flat_map(|area| area.iter()).collect()
}

/// The cases that say something about the bare kernel.
pub fn kernel_cases() -> Vec<&'static Case> {
    KERNEL.iter().flat_map(|area| area.iter()).collect()
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
