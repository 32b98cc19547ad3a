//! Step 7: the master leaves the container, over a socket, as one message with one descriptor.

use super::TerminalError;
use crate::syscall::{held_by_descriptor, repeated};
use nix::fcntl::{OFlag, open};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, UnixAddr, connect, sendmsg, setsockopt, socket,
    sockopt,
};
use nix::sys::time::{TimeVal, TimeValLike};
use nix::{errno::Errno, libc, sys::stat::Mode};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::{io::IoSlice, path::Path};

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
        let failed = |errno| TerminalError::ioctl(&doing)(errno);
        let stream = socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).map_err(failed)?;
        setsockopt(&stream, sockopt::SendTimeout, &TimeVal::seconds(10)).map_err(failed)?;
        // sun_path holds 107 bytes. A longer path is opened first and reached through its descriptor.
        let (held, address) = match UnixAddr::new(path) {
            Err(Errno::ENAMETOOLONG) => {
                let held = open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed)?;
                let link = format!("/proc/self/fd/{}", held.as_raw_fd());
                (Some(held), UnixAddr::new(link.as_str()).map_err(failed)?)
            }
            address => (None, address.map_err(failed)?),
        };
        connect(stream.as_raw_fd(), &address).map_err(failed)?;
        drop(held);
        Ok(ConsoleSocket(stream))
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
        let raw: Vec<_> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
        let rights = [ControlMessage::ScmRights(&raw)];
        let payload = [IoSlice::new(PAYLOAD)];
        let flags = MsgFlags::from_bits_retain(libc::MSG_NOSIGNAL);
        let send = || sendmsg::<()>(self.0.as_raw_fd(), &payload, &rights, flags, None);
        repeated(send).map(drop).map_err(TerminalError::ioctl(SENDING))
    }
}

impl From<OwnedFd> for ConsoleSocket {
    fn from(stream: OwnedFd) -> Self {
        Self(stream)
    }
}

held_by_descriptor!(ConsoleSocket);
