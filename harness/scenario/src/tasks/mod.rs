//! What workers do with scenarios that are no case: a user's own vectors, and random scripts.

pub mod scripts;
pub mod vectors;

use ptyproof_harness::{case::Stop, runner::Task};
use std::fmt::Display;

/// Every task of this crate, for programs that start workers.
pub const TASKS: &[Task] = &[vectors::PERFORM, scripts::EDITION, scripts::RUN];

fn broken(error: impl Display) -> Stop {
    Stop::Error(error.to_string())
}
