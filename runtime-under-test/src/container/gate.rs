//! Where a created container waits for `start`: a socket in its state directory.
//!
//! The container's process accepts one connection. It is closed by the execve (it is close-on-exec), which tells `start`
//! that the program runs; before that it can carry the reason why not.

use super::{ContainerError, trampoline};
use nix::fcntl::{OFlag, open};
use nix::sys::socket::{AddressFamily, Backlog, SockFlag, SockType, UnixAddr, accept4, bind, connect, listen, socket};
use nix::{errno::Errno, sys::stat::Mode};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::{fs, os::unix::net::UnixStream, path::Path};

const NAME: &str = "start";

/// The closed gate, held by the container's process.
#[derive(Debug)]
pub struct Gate(OwnedFd);

impl Gate {
    /// Puts a gate into the state directory at `path`.
    pub fn close(path: &Path) -> Result<Gate, ContainerError> {
        let failed = ContainerError::call;
        let socket = stream().map_err(failed("making the start socket"))?;
        let (_held, address) = address(path).map_err(failed("naming the start socket"))?;
        bind(socket.as_raw_fd(), &address).map_err(failed("binding the start socket"))?;
        listen(&socket, Backlog::new(1).unwrap_or(Backlog::MAXCONN)).map_err(failed("listening for start"))?;
        Ok(Gate(socket))
    }

    /// Waits for `start`; gives the connection that the execve must close.
    pub fn wait(self) -> Result<OwnedFd, Errno> {
        loop {
            match accept4(self.0.as_raw_fd(), SockFlag::SOCK_CLOEXEC) {
                Err(Errno::EINTR) => {}
                // SAFETY: the kernel just returned this descriptor, nobody else owns it.
                fd => return fd.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }),
            }
        }
    }
}

impl AsFd for Gate {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Whether the container in the state directory at `path` still waits.
pub fn is_closed(path: &Path) -> bool {
    path.join(NAME).exists()
}

/// Lets the container's program run. An answer is why it could not.
pub fn open_gate(path: &Path) -> Result<Option<String>, ContainerError> {
    let failed = ContainerError::call;
    let socket = stream().map_err(failed("making a socket"))?;
    let (_held, address) = address(path).map_err(failed("naming the start socket"))?;
    connect(socket.as_raw_fd(), &address).map_err(failed("reaching the container's process"))?;
    let mut answer = Vec::new();
    UnixStream::from(socket)
        .read_to_end(&mut answer)
        .map_err(ContainerError::file("hearing from the container's process", path))?;
    if !answer.is_empty() {
        let errno = trampoline::parse_report(&answer);
        return Ok(Some(match errno {
            Some(errno) => format!("executing the program: {errno}"),
            None => String::from_utf8_lossy(&answer).into_owned(),
        }));
    }
    match fs::remove_file(path.join(NAME)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ContainerError::file("removing", path.join(NAME))(error))
        }
        _ => Ok(None),
    }
}

fn stream() -> Result<OwnedFd, Errno> {
    socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)
}

/// The socket's address by way of its directory's descriptor, since a path may be longer than the 107 bytes an address
/// holds. The descriptor must live as long as the address is used.
fn address(directory: &Path) -> Result<(OwnedFd, UnixAddr), Errno> {
    let held = open(directory, OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
    let address = UnixAddr::new(format!("/proc/self/fd/{}/{NAME}", held.as_raw_fd()).as_str())?;
    Ok((held, address))
}
