//! Containers: their bundles, how they are started, and the probe inside.

mod caller;
mod config;
mod console_socket;
mod created;
mod execution;
mod foreground;
mod holders;
mod inheritance;
mod instance;
mod observation;
mod pipe;
mod plan;
mod refusal;
mod rootfs;
mod workbench;

pub use caller::{Caller, CallerState, CallerStream};
pub use config::default_config;
pub use console_socket::{Connection, ConsoleSocket, Message, Reception};
pub use created::{Attempt, Container, Created, Lifecycle, Unattended};
pub use execution::{ExecPlan, Execution};
pub use foreground::{Foreground, Returned};
pub use holders::{MasterHolder, master_holders};
pub use instance::Instance;
pub(crate) use observation::mounts;
pub use observation::{HostFacts, Observation};
pub use pipe::{PipeReader, Streams, file_behind};
pub use plan::Plan;
pub use refusal::Refusal;
pub use rootfs::Rootfs;
pub use workbench::Workbench;

use crate::probe::ProbeError;
use crate::target::{CommandError, Finished};
use crate::terminal::TerminalError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a container is not there or does not answer.
#[derive(Debug, thiserror::Error)]
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
    Status {
        /// What it was to do.
        verb: String,
        /// How it ended.
        finished: Finished,
    },
    /// The console socket did not bring one pty master.
    #[error("no terminal came over the console socket: {received}")]
    NoTerminal {
        /// What came instead.
        received: String,
    },
    /// The runtime said that there is a container, and did not write its process id.
    #[error("no process id came in the file of --pid-file: {found}")]
    NoProcess {
        /// What was found instead.
        found: String,
    },
    /// The container's process has ended.
    #[error("the process {pid} of --pid-file has ended")]
    Ended {
        /// Its id.
        pid: i32,
    },
    /// The bare kernel makes no containers.
    #[error("the target is the bare kernel, which makes no containers")]
    NoRuntime,
    /// A process with a terminal has no pipes.
    #[error("the process has a terminal, and no streams of its own")]
    NoStreams,
    /// The harness could not prepare something.
    #[error("{what} {}: {error}", path.display())]
    Setup {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the kernel said.
        error: io::Error,
    },
}

impl ContainerError {
    /// For `map_err`: what was tried on which path.
    fn setup<E: Into<io::Error>>(what: &'static str, path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Setup { what, path, error: error.into() }
    }
}
