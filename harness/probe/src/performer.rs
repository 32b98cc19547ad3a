//! What steps are performed with.

use crate::facts::{SignalSets, Unread};
use crate::values::{Errno, Signal};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::{fmt, os::fd::BorrowedFd};

/// What a step came to: JSON of its answer, or a refusal of the kernel.
pub type Performed = Result<Box<RawValue>, Errno>;

/// What steps are performed with: the probe's own memory from one to the next.
pub struct Performer {
    /// The signal sets at the first instruction of the process.
    pub signals: Result<SignalSets, Unread>,
    /// The descriptor of the probe's own conversation, which the facts leave out.
    pub conversation: Option<i32>,
    /// What the last step has made of the conversation.
    pub next: Next,
}

/// What becomes of the conversation after a step.
#[derive(Debug, Default)]
pub enum Next {
    /// It goes on.
    #[default]
    Step,
    /// It is another process, and talks at another socket.
    Serve(String),
    /// It ends; where input has come on the descriptor, the process talks at another socket.
    ServeAfterInput(String, i32),
    /// It ends, and the process with it.
    End(Ending),
}

/// How the probe ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// exit(2) with a status.
    Exit(i32),
    /// By a signal with its default disposition. PID 1 of a PID namespace cannot kill itself so.
    Signal(Signal),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit with status {status}"),
            Self::Signal(signal) => write!(f, "die by {signal}"),
        }
    }
}

impl Performer {
    /// Begins with what the first instructions saw.
    pub fn new(signals: Result<SignalSets, Unread>) -> Self {
        Self { signals, conversation: None, next: Next::Step }
    }
}

/// The answer of a step for the wire.
pub(crate) fn said<A: Serialize>(answer: Result<A, Errno>) -> Performed {
    // No answer has a map whose keys are no text, which is all that JSON cannot say.
    to_raw_value(&answer?).map_err(|_| Errno::EIO)
}

/// A descriptor that a step names. Whether it is open is for the kernel to say (`EBADF`).
pub(crate) fn borrow(descriptor: i32) -> BorrowedFd<'static> {
    // SAFETY: the number is only handed to system calls, within one step, and the probe is
    // single-threaded, so nobody can close it in between. -1 is the one value that must not be borrowed.
    unsafe { BorrowedFd::borrow_raw(descriptor.max(0)) }
}
