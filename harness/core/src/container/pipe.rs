//! Standard streams that are pipes, for containers without a terminal.

use crate::{container::ContainerError, deadline::Deadline, terminal::TerminalError};
use nix::errno::Errno as SysErrno;
use nix::{fcntl::OFlag, poll::PollFlags};
use ptyproof_probe::DeviceNumber;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::{path::Path, time::Duration};

/// The harness's ends of a process's standard streams.
#[derive(Debug)]
pub struct Streams {
    /// Where the process's input comes from; `None` once it is closed.
    pub stdin: Option<OwnedFd>,
    /// What the process prints.
    pub stdout: PipeReader,
    /// What the process complains.
    pub stderr: PipeReader,
}

/// The process's ends of its standard streams.
#[derive(Debug)]
pub(super) struct GivenStreams {
    pub stdin: OwnedFd,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
}

impl Streams {
    /// Three pipes.
    pub(super) fn open(patience: Duration) -> Result<(Self, GivenStreams), ContainerError> {
        let pipe = || {
            nix::unistd::pipe2(OFlag::O_CLOEXEC)
                .map_err(ContainerError::setup("making a pipe for", Path::new("a standard stream")))
        };
        let (given_stdin, stdin) = pipe()?;
        let (stdout, given_stdout) = pipe()?;
        let (stderr, given_stderr) = pipe()?;
        let reader = |fd| PipeReader { fd, patience };
        Ok((
            Self { stdin: Some(stdin), stdout: reader(stdout), stderr: reader(stderr) },
            GivenStreams { stdin: given_stdin, stdout: given_stdout, stderr: given_stderr },
        ))
    }

    /// Sends bytes to the process's input. A pipe holds 64 KiB, and what does not fit would block.
    pub fn send(&self, bytes: &[u8]) -> Result<(), TerminalError> {
        let refused = |errno| TerminalError::Refused { what: "writing to a pipe", errno };
        let Some(stdin) = &self.stdin else {
            return Err(refused(SysErrno::EBADF.into()));
        };
        let sent = nix::unistd::write(stdin, bytes).map_err(|errno| refused(errno.into()))?;
        if sent < bytes.len() {
            return Err(refused(SysErrno::EAGAIN.into()));
        }
        Ok(())
    }
}

/// What makes a descriptor's file the same as one in a container: the device that holds it and its inode, as in
/// [`FileStatus::file`](ptyproof_probe::FileStatus::file). Both ends of a pipe have the same. fstat(2).
pub fn file_behind(descriptor: impl AsFd) -> Result<(DeviceNumber, u64), ContainerError> {
    let status = nix::sys::stat::fstat(descriptor)
        .map_err(ContainerError::setup("looking at", Path::new("a descriptor of the caller")))?;
    Ok((DeviceNumber::of(status.st_dev), status.st_ino))
}

/// The reading end of a pipe.
#[derive(Debug)]
pub struct PipeReader {
    fd: OwnedFd,
    patience: Duration,
}

impl PipeReader {
    /// Closes it: nobody reads the pipe any more.
    pub fn close(&mut self) -> Result<(), ContainerError> {
        let null = Path::new("/dev/null");
        self.fd = std::fs::File::open(null).map_err(ContainerError::setup("opening", null))?.into();
        Ok(())
    }

    /// Everything until end of file.
    pub fn receives_rest(&self) -> Result<Vec<u8>, TerminalError> {
        self.read_until(usize::MAX)
    }

    /// The next bytes are exactly these.
    pub fn receives(&self, expected: &[u8]) -> Result<(), TerminalError> {
        let received = self.read_until(expected.len())?;
        if received != expected {
            return Err(TerminalError::Other { expected: expected.to_vec(), received });
        }
        Ok(())
    }

    /// Adds what is there at the moment to `received`: a look, not a wait. Whether more may come.
    pub(super) fn takes(&self, received: &mut Vec<u8>) -> bool {
        let mut buffer = [0; 16 * 1024];
        loop {
            if Deadline::after(Duration::ZERO).wait_for(&self.fd, PollFlags::POLLIN) == Ok(false) {
                return true;
            }
            match nix::unistd::read(&self.fd, &mut buffer) {
                Ok(0) | Err(_) => return false,
                Ok(read) => received.extend_from_slice(&buffer[..read]),
            }
        }
    }

    fn read_until(&self, count: usize) -> Result<Vec<u8>, TerminalError> {
        let deadline = Deadline::after(self.patience);
        let refused = |errno: SysErrno| TerminalError::Refused { what: "reading a pipe", errno: errno.into() };
        let mut received = Vec::new();
        let mut buffer = [0; 16 * 1024];
        while received.len() < count {
            let readable = deadline.wait_for(&self.fd, PollFlags::POLLIN);
            if !readable.map_err(refused)? {
                let expected = if count == usize::MAX {
                    "end of file on a pipe".to_owned()
                } else {
                    format!("{count} bytes on a pipe")
                };
                return Err(TerminalError::TooLittle { expected, received, waited: self.patience });
            }
            let most = buffer.len().min(count - received.len());
            match nix::unistd::read(&self.fd, &mut buffer[..most]).map_err(refused)? {
                0 => break,
                read => received.extend_from_slice(&buffer[..read]),
            }
        }
        Ok(received)
    }
}

impl AsFd for PipeReader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
