//! What the harness and the probe say to each other.
//!
//! The probe is the static program that runs inside the container. It connects to a Unix socket in a
//! directory that the harness mounts into the container, and then answers one [`Request`] after another
//! with one [`Reply`], each a line of JSON. Facts therefore never travel over the terminal under test.
//!
//! The probe observes and performs; it never judges.

mod facts;
mod file_call;
mod file_change;
pub mod ioctl;
pub mod line;
mod line_call;
mod request;
mod termios;
mod timed;
mod transfer;
pub mod tty;
mod values;
mod watch;

pub use facts::{
    Descriptor, DirectoryEntry, Facts, FileStatus, Identity, Mount, ProcessFacts, SignalSets, TerminalFacts,
};
pub use file_call::{FileCall, FileTimes, Moment};
pub use file_change::FileChange;
pub use ioctl::IoctlName;
pub use line_call::{LineCall, Speeds};
pub use request::{
    ChildGroup, ChildStatus, Ending, Hello, Lines, Opened, PtyAllocation, Reply, Request, TermiosAction,
};
pub use timed::Timed;
pub use transfer::Transfer;
pub use values::{Bytes, DeviceNumber, Errno, FileKind, Signal, Size, TermiosFacts};
pub use watch::{DirectoryEvent, Watch};

/// Where the harness mounts its control directory inside the container.
pub const CONTROL_DIRECTORY: &str = "/ptyproof";

/// Where the probe lies inside the container's root filesystem.
pub const PROBE_PATH: &str = "/probe";

/// Exit status of a probe that could not reach its control socket or was called wrongly.
pub const PROBE_BROKEN: i32 = 125;
