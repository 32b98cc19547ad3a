//! Scenarios of the line discipline: what is done to a terminal, and what must come of it.
//!
//! A [`Vector`] is a [`Scenario`] with what must come of it, and stands in a file ([`notation`]). A [`Stage`] performs it:
//! the model, a bare pty of the kernel, or the terminal of a container. [`judge()`] compares. [`Fuzz`] performs random
//! scenarios on the model and on another stage side by side, and makes a vector of each mismatch.

mod change;
mod contrast;
mod expectation;
mod fuzz;
mod generate;
mod judge;
mod modes;
#[cfg(feature = "mutants")]
mod mutants;
pub mod notation;
mod pattern;
mod scenario;
pub mod stage;
pub mod tasks;
mod vector;

pub use change::{Change, Character};
pub use contrast::{Aspect, Contrast};
pub use expectation::Expectation;
pub use fuzz::{Found, Fuzz, FuzzReport, Mismatch, Unconfirmed, compare, script};
pub use generate::scenarios;
pub use judge::{Difference, JudgeError, Place, judge};
pub use modes::Modes;
#[cfg(feature = "mutants")]
pub use mutants::{Killer, kills};
pub use pattern::{Pattern, Piece};
pub use scenario::{Action, Look, MOST, Scenario, Step};
pub use stage::Stage;
pub use vector::{Behaviour, Expected, Outcome, Vector};
