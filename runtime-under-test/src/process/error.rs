use crate::syscall::Reason;
use std::fmt::Display;

/// Why the container's process cannot be what the config says: what was tried, which field that is, and what the kernel said.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProcessError(pub(super) String);

impl ProcessError {
    /// For `map_err` where `doing` failed.
    pub(super) fn of<E: Reason>(doing: impl Display) -> impl FnOnce(E) -> Self {
        move |source| Self(format!("cannot {doing}: {}", source.words()))
    }
}
