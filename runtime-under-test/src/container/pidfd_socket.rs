//! `--pidfd-socket`: the caller holds a new process, too, by a descriptor that can never come to mean another one.

use super::ContainerError;
use crate::syscall::{process::PidFd, stream};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// A connection to that socket.
#[derive(Debug)]
pub(crate) struct PidfdSocket(OwnedFd);

impl PidfdSocket {
    /// Connects, before there is a process.
    pub(crate) fn connect(path: &Path) -> Result<PidfdSocket, ContainerError> {
        let doing = format!("connecting to the pidfd socket {}", path.display());
        stream::connect(path).map(PidfdSocket).map_err(ContainerError::call(doing))
    }

    /// Sends the process. The message names its `kind` as runc does: `standard` for a container's first one, `setns` for one
    /// of exec's.
    pub(crate) fn send(self, process: &PidFd, kind: &str) -> Result<(), ContainerError> {
        stream::send(self.0.as_fd(), kind.as_bytes(), &[process.as_fd()])
            .map_err(ContainerError::call("sending a descriptor of the process"))
    }
}
