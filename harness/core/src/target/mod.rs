//! What is under test, and how it is called.

mod binary;
mod command;
mod kernel;
mod launcher;
mod output;
mod profile;
mod runtime;

pub use binary::{Binary, BinaryError};
pub use command::{CommandError, Finished, Running, quoted};
pub use kernel::Kernel;
pub use launcher::{Launch, Launcher, LauncherError, LauncherProfile, Root};
pub(crate) use output::Output;
pub use output::Stream;
pub use profile::{Capabilities, Profile, ProfileError, Requirement};
pub use runtime::{Runtime, RuntimeError};

use crate::case::{Need, Stop};
use std::{fmt::Debug, path::Path, process::Command};

/// What is under test. A target of a new kind is a type in a file of its own that implements this: what it says of
/// itself decides which cases it gets and how containers are made, never what it is called.
#[typetag::serde(tag = "target")]
pub trait Target: Debug + Send + Sync {
    /// What reports say of it: what it is called, its version, its file.
    fn described(&self) -> ptyproof_report::Target;

    /// Which of the needs that are about the target it does not meet, and why: not applicable where none of its kind does, a
    /// skip where only this one does not.
    fn lacks(&self, need: Need) -> Option<Stop>;

    /// How it makes containers: the profile of its command line. None where it makes none, and is tested without.
    fn profile(&self) -> Option<&Profile>;

    /// How it runs programs at its caller's terminal, where that is what it does.
    fn launcher(&self) -> Option<&Launcher> {
        None
    }

    /// Whether it makes containers, or starts programs in some other way.
    fn starts_programs(&self) -> bool {
        self.profile().is_some() || self.launcher().is_some()
    }

    /// A call of it up to and with the verb, and what its profile adds to that; `state` is where it keeps its state.
    fn command(&self, state: &Path, verb: &str) -> Option<Command>;
}
