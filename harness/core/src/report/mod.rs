//! What happened in a run: one stream of events, and reporters that are pure functions of it.

mod environment;
mod event;
mod verdict;

pub use environment::{Environment, Target};
pub use event::{CaseResult, Event, Reporter, Summary};
pub use verdict::Verdict;
