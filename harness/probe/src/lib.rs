//! What the harness and the probe say to each other.
//!
//! The probe is the static program that runs inside the container. It connects to a Unix socket in a
//! directory that the harness mounts into the container, and then performs one [`step`] after another,
//! each asked for and answered by a line of JSON. Facts therefore never travel over the terminal under test.
//!
//! The probe observes and performs; it never judges.

mod answer;
mod asking;
mod facts;
mod falsify;
pub mod ioctl;
pub mod keys;
mod performer;
mod seccomp;
pub mod step;
mod termios;
pub mod tty;
mod values;

pub use answer::{Answer, other_refusal};
pub use asking::{Ask, Probe, Step, Told};
pub use facts::{
    Descriptor, DirectoryEntry, Facts, FileStatus, Identity, Mount, ProcessFacts, SignalSets, TerminalFacts, Unread,
};
pub use ioctl::IoctlName;
pub use performer::{Ending, Next, Performer};
pub use step::directories::{FileTimes, Moment};
pub use step::processes::{ChildGroup, ChildStatus};
pub use step::terminals::{PtyAllocation, PtyDescriptors, TerminalLook};
pub use step::{files::Opened, inotify::DirectoryEvent, request::Timed};
pub use tty::{Speeds, TermiosAction};
pub use values::{Bytes, DeviceNumber, Errno, FileKind, Lines, Signal, Size, TermiosFacts};

use serde::{Deserialize, Serialize};

/// Where the harness mounts its control directory inside the container.
pub const CONTROL_DIRECTORY: &str = "/ptyproof";

/// Where the probe lies inside the container's root filesystem.
pub const PROBE_PATH: &str = "/probe";

/// Exit status of a probe that could not reach its control socket or was called wrongly.
pub const PROBE_BROKEN: i32 = 125;

/// The first line that a probe sends: who connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Process id in the container's PID namespace.
    pub pid: i32,
}
