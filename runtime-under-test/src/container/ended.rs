//! How a process ended.

use crate::syscall::process::PidFd;
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};
use std::{fmt, os::fd::AsFd};

/// The end of a child process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By exit, with this status.
    Exited(u8),
    /// By this signal.
    Signaled(u8),
    /// Somebody else reaped it.
    Unknown,
}

impl Ended {
    /// Waits for the end of `process`, a child of the caller, and reaps it.
    #[must_use]
    pub fn wait(process: &PidFd) -> Ended {
        loop {
            return match waitid(WaitId::PidFd(process.as_fd()), WaitIdOptions::EXITED) {
                Ok(Some(status)) => match (status.exit_status(), status.terminating_signal()) {
                    (Some(status), _) => Ended::Exited((status & 0xff) as u8),
                    (_, Some(signal)) => Ended::Signaled(signal as u8), // real-time ones, too
                    _ => Ended::Unknown,
                },
                Err(Errno::INTR) => continue,
                _ => Ended::Unknown,
            };
        }
    }

    /// What a shell would report, and a foreground ptyrun does: 128 + n for a signal n.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Exited(status) => status,
            Self::Signaled(signal) => 128 + signal,
            Self::Unknown => 255,
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exit status {status}"),
            Self::Signaled(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("reaped by somebody else"),
        }
    }
}
