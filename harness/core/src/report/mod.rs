//! What happened in a run: one stream of events, and reporters that are pure functions of it.
//!
//! [`Screen`] and [`Progress`] are for people and speak while the run lasts. [`FileReporter`] collects a
//! [`Report`] and writes it when the run has ended, as JSON, TAP or JUnit.

pub mod comparison;
mod document;
mod environment;
mod event;
mod failure;
mod file;
mod json;
mod junit;
mod progress;
mod read;
mod screen;
mod side_by_side;
mod tap;
#[cfg(test)]
mod test_results;
mod verdict;
mod width;

pub use document::{Collector, Report, SCHEMA};
pub use environment::{Environment, Target};
pub use event::{CaseResult, Event, Reporter, Summary};
pub(crate) use file::replace;
pub use file::{Destination, FileReporter, Format};
pub use progress::Progress;
pub use read::ReportError;
pub use screen::{Again, Form, Screen};
pub use side_by_side::SideBySide;
pub use verdict::Verdict;
