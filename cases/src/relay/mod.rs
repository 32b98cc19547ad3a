//! A runtime in the foreground relays between its caller's terminal and the container's.

mod caller;
mod ending;
mod input;
mod output;
mod streams;

pub use caller::CASES as CALLER;
pub use ending::CASES as ENDING;
pub use input::CASES as INPUT;
pub use output::CASES as OUTPUT;
pub use streams::CASES as STREAMS;
