//! Where a created container waits for `start`: a socket in its state directory.
//!
//! The container's process accepts one connection. It is closed by the execve (it is close-on-exec), which tells `start`
//! that the program runs; before that it can carry the reason why not.

use super::{ContainerError, Failure};
use crate::syscall::held_by_descriptor;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::{fs, path::Path};

const NAME: &str = "start";

/// The closed gate, held by the container's process.
#[derive(Debug)]
pub struct Gate(UnixListener);

impl Gate {
    /// Puts a gate into the state directory at `path`.
    pub fn close(path: &Path) -> Result<Gate, ContainerError> {
        let (_held, place) = place(path)?;
        UnixListener::bind(place).map(Gate).map_err(ContainerError::file("listening for start in", path))
    }

    /// Waits for `start`; gives the connection that the execve must close.
    pub fn wait(self) -> Result<OwnedFd, ContainerError> {
        self.0.accept().map(|(stream, _)| stream.into()).map_err(ContainerError::file("waiting for start at", NAME))
    }
}

held_by_descriptor!(Gate);

/// Whether the container in the state directory at `path` still waits.
pub fn is_closed(path: &Path) -> bool {
    path.join(NAME).exists()
}

/// Why a program that was let run could not.
#[derive(Debug)]
pub enum Refusal {
    /// A call of its process's last ones failed.
    Stuck(Failure),
    /// Its process says so.
    Said(String),
}

/// Lets the container's program run. An answer is why it could not.
pub fn open_gate(path: &Path) -> Result<Option<Refusal>, ContainerError> {
    let (_held, place) = place(path)?;
    let mut answer = Vec::new();
    UnixStream::connect(place)
        .and_then(|mut socket| socket.read_to_end(&mut answer))
        .map_err(ContainerError::file("hearing from the container's process in", path))?;
    if !answer.is_empty() {
        let said = || Refusal::Said(String::from_utf8_lossy(&answer).into_owned());
        return Ok(Some(Failure::read(&answer).map_or_else(said, Refusal::Stuck)));
    }
    match fs::remove_file(path.join(NAME)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ContainerError::file("removing", path.join(NAME))(error))
        }
        _ => Ok(None),
    }
}

/// The socket's path by way of its directory's descriptor, since a path may be longer than the 107 bytes an address
/// holds. The descriptor must live as long as the path is used.
fn place(directory: &Path) -> Result<(OwnedFd, String), ContainerError> {
    let held = open(directory, OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(ContainerError::call("opening the state directory"))?;
    let path = format!("/proc/self/fd/{}/{NAME}", held.as_raw_fd());
    Ok((held, path))
}
