//! Where scenarios are performed: on the model, on a bare pty, on the terminal of a container.

mod calls;
mod container;
mod kernel;
mod model;
mod probed;
mod program;
mod pty;
mod settle;
mod signals;
mod target;
mod this_process;

pub use container::Container;
pub use kernel::Kernel;
pub use model::Model;
pub use target::{on_a_bare_pty, on_the_target, on_the_terminal_of_a_container};

use crate::scenario::{Action, Look};
use crate::{change::Change, pattern::Pattern};
use ntty::{Read, Signal};
use ptyproof_harness::{case::Stop, probe::ProbeError};
use ptyproof_probe::{Errno, IoctlName};

/// A terminal that scenarios can be performed on, one after another.
pub trait Stage {
    /// Makes the terminal like a new one, with settings that differ so from the kernel's default.
    fn begin(&mut self, termios: &Change) -> Result<(), StageError>;

    /// Does something, waits until the terminal is quiet, and looks.
    fn perform(&mut self, action: Option<&Action>, look: &Look) -> Result<Seen, StageError>;
}

/// What was seen after an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How much was taken of what was typed or written; none where nothing was.
    pub taken: Option<usize>,
    /// What reached the master. What a kernel shows is always certain.
    pub echo: Pattern,
    /// Statuses of packet mode, in order.
    pub status: Vec<u8>,
    /// Signals that the foreground process group got, in the order of [`Signal`].
    pub signals: Vec<Signal>,
    /// Whether poll(2) says that the slave can be read, where that was looked at.
    pub readable: Option<bool>,
    /// Whether poll(2) says that the slave can be written, where that was looked at.
    pub writable: Option<bool>,
    /// What FIONREAD says of the slave, where that was looked at.
    pub unread: Option<i32>,
    /// What each read of the slave got, up to the first that would block.
    pub reads: Vec<Read>,
    /// Whether it is a matter of time what is seen from this action on: the model knows.
    pub race: bool,
}

/// Why a scenario could not be performed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum StageError {
    /// A system call failed.
    #[error("{what}: {errno}")]
    Call { what: &'static str, errno: Errno },
    /// The terminal refuses a call of its own.
    #[error("{name}: {errno}")]
    Ioctl { name: IoctlName, errno: Errno },
    /// This process cannot get the terminal as its controlling terminal.
    #[error(
        "this process must lead a session without a controlling terminal, or be able to become one that does: {errno}"
    )]
    NoSession { errno: Errno },
    /// The probe at the terminal does not answer, or a call of its failed.
    #[error("{0}")]
    Probe(#[from] ProbeError),
    /// A signal came that none of the actions sends.
    #[error("{signal} came, which nothing that was done sends")]
    StraySignal { signal: ptyproof_probe::Signal },
}

impl StageError {
    /// For `map_err`: a failed call.
    fn call<E: Into<Errno>>(what: &'static str) -> impl Fn(E) -> Self {
        move |errno| Self::Call { what, errno: errno.into() }
    }

    /// For `map_err`: a call of terminals that failed.
    fn ioctl<E: Into<Errno>>(name: IoctlName) -> impl Fn(E) -> Self {
        move |errno| Self::Ioctl { name, errno: errno.into() }
    }
}

/// Where a terminal refuses a call that a scenario makes, or the probe at it ends, the target is at fault, and else the harness
/// or the machine.
impl From<StageError> for Stop {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Probe(error) => error.into(),
            StageError::Ioctl { name, errno } => {
                ProbeError::Refused { step: name.to_string(), call: Some(name), errno }.into()
            }
            other => Self::Error(other.to_string()),
        }
    }
}
