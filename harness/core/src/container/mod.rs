//! Containers: their bundles, how they are started, and the probe inside.

mod attempt;
mod background_job;
mod caller;
mod checkpoint;
mod config;
mod console_socket;
mod created;
mod detached;
mod drain;
mod execution;
mod foreground;
mod freezer;
mod holders;
mod inheritance;
mod instance;
mod launch;
mod lifecycle;
mod observation;
mod pid_file;
mod pipe;
mod plan;
mod rootfs;
mod workbench;

pub use crate::scheduler::Vigil;
pub use attempt::Attempt;
pub use caller::{Caller, CallerState, CallerStream};
pub use checkpoint::{Checkpoint, Criu};
pub use config::default_config;
pub use console_socket::{Connection, ConsoleSocket, Message, Reception};
pub use created::{Container, Created, Unattended};
pub use execution::{ExecPlan, Execution};
pub use foreground::{Foreground, Returned};
pub use freezer::Frozen;
pub use holders::{PtyHolder, lasting_pty_holders, master_holders};
pub use instance::Instance;
pub use launch::Launched;
pub use lifecycle::Lifecycle;
pub use observation::{HostFacts, Observation};
pub use pipe::{PipeReader, Streams, file_behind};
pub use plan::Plan;
pub use rootfs::Rootfs;
pub use workbench::Workbench;

use crate::case::Stop;
use crate::intervention::InterventionError;
use crate::target::{CommandError, Finished};
use crate::{probe::ProbeError, terminal::TerminalError};
use std::io;
use std::path::{Path, PathBuf};

/// Why a container is not there or does not answer.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ContainerError {
    /// The runtime did not come to an end.
    #[error("{0}")]
    Command(#[from] CommandError),
    /// The probe does not answer.
    #[error("{0}")]
    Probe(#[from] ProbeError),
    /// The terminal does not do as expected.
    #[error("{0}")]
    Terminal(#[from] TerminalError),
    /// The runtime failed.
    #[error("{verb} of the runtime: {}", finished.describe())]
    Status { verb: String, finished: Finished },
    /// The runtime did or said something else than it must.
    #[error("{what}: expected {expected}, observed {observed}")]
    Wrong { what: String, expected: &'static str, observed: String },
    /// The container's process has ended.
    #[error("the process {pid} of --pid-file has ended")]
    Ended { pid: i32 },
    /// A system call of the runtime's tells nothing.
    #[error("{0}")]
    Intervention(#[from] InterventionError),
    /// The container has no cgroup of its own in a version 2 hierarchy, or the kernel's is older than Linux 5.2.
    #[error("the container has no cgroup that could be frozen: that takes root, a cgroup2 hierarchy and Linux 5.2")]
    NoFreezer,
    /// CRIU is not there, or does not work on this kernel.
    #[error("a checkpoint needs CRIU (PTYPROOF_CRIU, or ci/runtimes testing/criu): {why}")]
    NoCriu { why: String },
    /// Some targets make no containers.
    #[error("the target makes no containers")]
    NoRuntime,
    /// The case ends here, for a reason that is not the runtime's.
    #[error("{0}")]
    Stopped(Stop),
    /// Something is asked for that targets of this kind do not do.
    #[error("profile {profile} says: no {what}")]
    NotOffered { profile: String, what: String },
    /// A process with pipes has no terminal.
    #[error("the process has no terminal")]
    NoTerminal,
    /// A process with a terminal has no pipes.
    #[error("the process has a terminal, and no streams of its own")]
    NoStreams,
    /// The harness could not prepare something.
    #[error("{what} {}: {error}", path.display())]
    Setup { what: &'static str, path: PathBuf, error: io::Error },
}

/// What a verb of the runtime came to, where it must succeed.
fn succeeded(verb: &str, finished: Finished) -> Result<Finished, ContainerError> {
    if finished.status.success() {
        Ok(finished)
    } else {
        Err(ContainerError::Status { verb: verb.to_owned(), finished })
    }
}

impl ContainerError {
    /// For `map_err`: what was tried on which path.
    pub(crate) fn setup<E: Into<io::Error>>(what: &'static str, path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Setup { what, path, error: error.into() }
    }
}
