//! Step 7: the master leaves the container, over a socket, as one message with one descriptor.

use super::TerminalError;
use crate::syscall::{held_by_descriptor, stream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// What the message says, as runc's does. Receivers read it as a name and take the descriptor.
const PAYLOAD: &[u8] = b"/dev/ptmx";

/// What an error says that was tried.
pub(crate) const SENDING: &str = "sending the terminal's master";

/// A connection to the `--console-socket` of the caller.
#[derive(Debug)]
pub struct ConsoleSocket(OwnedFd);

impl ConsoleSocket {
    /// Connects to the AF_UNIX stream socket at `path`, relative to the caller's working directory.
    ///
    /// Called before anything of the container exists, so that a wrong path leaves nothing. A listener that never
    /// accepts ends in an error, not in a hang.
    pub fn connect(path: &Path) -> Result<ConsoleSocket, TerminalError> {
        let doing = format!("connecting to the console socket {}", path.display());
        stream::connect(path).map(ConsoleSocket).map_err(TerminalError::ioctl(&doing))
    }
}

/// Where the master goes.
#[derive(Debug)]
pub enum Handover {
    /// To the listener at `--console-socket`.
    Socket(ConsoleSocket),
    /// To the `ptyrun` that waits in the foreground and will relay.
    Foreground,
}

impl ConsoleSocket {
    /// Sends `descriptors`, the master alone by the design, as one SCM_RIGHTS message (unix(7)).
    pub fn send(&self, descriptors: &[BorrowedFd<'_>]) -> Result<(), TerminalError> {
        stream::send(self.0.as_fd(), PAYLOAD, descriptors).map_err(TerminalError::ioctl(SENDING))
    }
}

impl From<OwnedFd> for ConsoleSocket {
    fn from(stream: OwnedFd) -> Self {
        Self(stream)
    }
}

held_by_descriptor!(ConsoleSocket);
