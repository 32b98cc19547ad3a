use crate::syscall::Reason;
use nix::errno::Errno;

/// Why the container has no terminal: what was tried, where, and what the kernel said or what stands there instead. None of
/// these is ever only a warning.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TerminalError(String);

impl TerminalError {
    /// For `map_err` on a call on a path of the container's.
    pub(super) fn call(action: &'static str, path: &'static str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self(format!("{action} {path}: {}", errno.words()))
    }

    /// For `map_err` on a call on a descriptor.
    pub fn ioctl(action: &str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self(format!("{action}: {}", errno.words()))
    }

    /// Something stands where the terminal's files must be.
    pub(super) fn unexpected(path: &str, found: &str, expected: &str) -> Self {
        Self(format!("{path} is {found}, expected {expected}"))
    }
}
