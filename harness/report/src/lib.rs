//! What runs report: one stream of events, and reporters that are pure functions of it.
//!
//! [`Screen`] and [`Progress`] are for people and speak while the run lasts. [`FileReporter`] collects a
//! [`Report`] and writes it when the run has ended, as JSON, TAP or JUnit. Reports are read back, set side by side
//! ([`comparison`]) and in one table ([`matrix`]), and kept as what a kernel was seen to do ([`baseline`]); what is known
//! of a target stands in [`expectation`]s. Whatever came out of a container is hostile: [`escaped`] and [`printable`] show it.
//!
//! Nothing here knows a terminal, a probe, or how a case is performed.

pub mod baseline;
mod call;
mod case;
mod cast;
pub mod comparison;
pub mod data;
pub mod deviation;
mod document;
mod edition;
mod environment;
mod escape;
mod event;
mod evidence;
pub mod expectation;
mod failure;
mod file;
mod finding;
mod github;
mod json;
mod junit;
mod keeper;
mod ktap;
pub mod matrix;
mod progress;
mod read;
mod screen;
mod side_by_side;
mod statement;
mod tap;
#[cfg(test)]
mod test_results;
mod transcript;
mod verdict;
mod width;

pub use call::{Call, Stopped};
pub use case::{CaseId, Level, Reference};
pub use cast::{Recorder, asciicast, recordings};
pub use document::{Collector, Report, SCHEMA};
pub use edition::Edition;
pub use environment::{Environment, Target};
pub use escape::{escaped, excerpt, first_difference, printable};
pub use event::{CaseResult, Event, Known, Reporter, Summary};
pub use evidence::Evidence;
pub use file::{Destination, FORMATS, FileReporter, Format};
pub use finding::{Finding, Record, Shown};
pub use github::GitHub;
pub use keeper::Keeper;
pub use progress::Progress;
pub use screen::{Again, Detail, Form, Screen};
pub use side_by_side::SideBySide;
pub use statement::{Missed, STATEMENT_SCHEMA, Statement};
pub use transcript::{Direction, Entry};
pub use verdict::Verdict;
