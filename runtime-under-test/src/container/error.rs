use super::Status;
use crate::{config::ConfigError, syscall::Reason, terminal::TerminalError};
use nix::errno::Errno;
use std::{fmt::Display, io, path::PathBuf};
use thiserror::Error;

/// Why an operation on a container failed.
#[derive(Debug, Error)]
pub enum ContainerError {
    /// The id cannot name a container.
    #[error("container id {0:?} is invalid, expected letters, digits and _ + - . only")]
    InvalidId(String),
    /// No container has that id.
    #[error("container {0} does not exist")]
    Absent(String),
    /// Another container has that id.
    #[error("container {0} exists already")]
    Exists(String),
    /// The container's state does not allow that.
    #[error("cannot {0} container {1}: it is {2}")]
    WrongStatus(&'static str, String, Status),
    /// Nothing that joins a frozen container runs.
    #[error("container {0} is frozen: thaw it first (write 0 to cgroup.freeze of its cgroup, or resume it)")]
    Frozen(String),
    /// `config.json` or a process file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The caller's options and the config contradict each other.
    #[error("{0}")]
    Usage(&'static str),
    /// The terminal.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// A file of the state directory, or the pid file.
    #[error("{0} {path}: {reason}", path = .1.display(), reason = .2.words())]
    File(&'static str, PathBuf, io::Error),
    /// A signal asked ptyrun to end.
    #[error("interrupted by a signal while {0}")]
    Interrupted(&'static str),
    /// A system call.
    #[error("{0}: {reason}", reason = .1.words())]
    Call(String, Errno),
    /// What the container's process reported before it could run the program, or that a part of the set-up failed.
    #[error("{0}")]
    Setup(String),
}

impl ContainerError {
    /// For `map_err` on system calls. The action is a verb in its -ing form.
    pub(crate) fn call(action: impl Into<String>) -> impl FnOnce(Errno) -> Self {
        let action = action.into();
        move |errno| Self::Call(action, errno)
    }

    /// For `map_err` on the errors of a part of the set-up.
    pub(crate) fn setup(error: impl Display) -> Self {
        Self::Setup(error.to_string())
    }

    /// For `map_err` on file operations.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File(action, path, source)
    }
}
