use nix::errno::Errno;
use std::path::PathBuf;
use thiserror::Error;

/// Why the container has no terminal. None of these is ever only a warning.
#[derive(Debug, Error)]
pub enum TerminalError {
    /// A system call on a file of the container's failed.
    #[error("{action} {path}: {errno}")]
    Call {
        /// What was tried, as a verb in its -ing form.
        action: &'static str,
        /// On which path of the container.
        path: &'static str,
        /// What the kernel said.
        errno: Errno,
    },
    /// Something stands where the terminal's files must be.
    #[error("{path} is {found}, expected {expected}")]
    Unexpected {
        /// The path in the container.
        path: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
    /// The console socket cannot be reached.
    #[error("connecting to the console socket {}: {errno}", path.display())]
    Socket {
        /// The path as given.
        path: PathBuf,
        /// What the kernel said.
        errno: Errno,
    },
    /// The receiver did not take the master.
    #[error("sending the terminal's master: {0}")]
    Send(Errno),
    /// A terminal's ioctl failed.
    #[error("{action}: {errno}")]
    Ioctl {
        /// What was tried.
        action: &'static str,
        /// What the kernel said.
        errno: Errno,
    },
}

impl TerminalError {
    pub(super) fn call(action: &'static str, path: &'static str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self::Call { action, path, errno }
    }

    pub(super) fn ioctl(action: &'static str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self::Ioctl { action, errno }
    }
}
