use crate::syscall::Reason;
use nix::{errno::Errno, sys::stat};
use std::path::Path;

/// Why the root filesystem could not be set up: what was tried and on what, what the kernel said, and, where that is known,
/// what to change.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RootfsError(pub String);

impl RootfsError {
    /// For `map_err` on a call on a path.
    pub(crate) fn call<'a>(doing: &'a str, path: &'a Path) -> impl Fn(Errno) -> Self + Copy + 'a {
        move |source| Self(format!("{doing} {}: {}", path.display(), source.words()))
    }

    /// A node that must be a certain device is something else.
    pub(super) fn not_the_device(path: &Path, device: u64) -> Self {
        let (major, minor) = (stat::major(device), stat::minor(device));
        Self(format!("{}: expected the character device {major}:{minor}", path.display()))
    }
}
