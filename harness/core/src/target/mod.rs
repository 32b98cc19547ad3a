//! What is under test, and how to call it.

mod command;
mod output;
mod profile;
mod runtime;
mod subject;

pub use command::{CommandError, Finished, Running};
pub(crate) use output::Output;
pub use output::Stream;
pub use profile::{Capabilities, Profile, ProfileError};
pub use runtime::{Binary, Runtime, RuntimeError};
pub use subject::Subject;
