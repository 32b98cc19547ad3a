//! The master side of a pty, as a stream that sleeps in poll(2).

use super::{ioctl, transcript::Transcript};
use crate::deadline::Deadline;
use expectrl::process::NonBlocking;
use nix::errno::Errno as SysErrno;
use nix::poll::{PollFd, PollFlags, poll};
use ptyproof_probe::{DeviceNumber, Errno, Size, TermiosFacts, tty};
use ptyproof_report::Direction;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// The descriptor is no pty master.
#[derive(Debug, thiserror::Error)]
#[error("the descriptor is no pty master: TIOCGPTN says {errno}")]
pub struct NotAMaster {
    /// What the kernel said.
    pub errno: Errno,
}

/// What a master looks like from outside. pty(7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MasterFacts {
    /// Which device node it is; 5:2 for a master.
    pub node: DeviceNumber,
    /// Device of the filesystem that the node was opened on: one per devpts instance.
    pub device: DeviceNumber,
    /// TIOCGPTN.
    pub number: u32,
    /// `F_GETFL`, without `O_LARGEFILE`.
    pub flags: i32,
    /// Window size.
    pub size: Size,
    /// Settings of the slave.
    pub termios: TermiosFacts,
}

/// A pty master.
///
/// It never touches `O_NONBLOCK`, because the open file may be shared with the runtime; it sleeps in
/// poll(2) instead of spinning; it tells a hang-up (`EIO`) from silence; and it keeps every byte it saw.
#[derive(Debug)]
pub struct Master {
    fd: OwnedFd,
    blocking: bool,
    looked: bool,
    budget: usize,
    deadline: Deadline,
    hung_up: bool,
    transcript: Rc<RefCell<Transcript>>,
}

/// Reading on and on from a container that floods must give the matcher its turn.
const BYTES_BETWEEN_MATCHES: usize = 64 * 1024;

/// The kernel's O_LARGEFILE, which the C library defines as 0.
const KERNEL_LARGEFILE: i32 = 0o100_000;

impl Master {
    /// Takes a descriptor, after asking the kernel whether it is a master.
    pub fn new(fd: OwnedFd) -> Result<Self, NotAMaster> {
        ioctl::pts_number(&fd).map_err(|errno| NotAMaster { errno })?;
        Ok(Self {
            fd,
            blocking: false,
            looked: false,
            budget: BYTES_BETWEEN_MATCHES,
            deadline: Deadline::after(Duration::ZERO),
            hung_up: false,
            transcript: Rc::default(),
        })
    }

    /// What it looks like from outside.
    pub fn facts(&self) -> Result<MasterFacts, Errno> {
        let status = nix::sys::stat::fstat(&self.fd)?;
        Ok(MasterFacts {
            node: DeviceNumber::of(status.st_rdev),
            device: DeviceNumber::of(status.st_dev),
            number: ioctl::pts_number(&self.fd)?,
            flags: nix::fcntl::fcntl(&self.fd, nix::fcntl::FcntlArg::F_GETFL)? & !KERNEL_LARGEFILE,
            size: tty::size(&self.fd)?,
            termios: tty::termios(&self.fd)?,
        })
    }

    /// Whether the last read said `EIO`: no slave is open. A slave that is opened again ends that state.
    pub fn hung_up(&self) -> bool {
        self.hung_up
    }

    /// What was said so far, shared so that it outlives the terminal.
    pub fn transcript(&self) -> Rc<RefCell<Transcript>> {
        Rc::clone(&self.transcript)
    }

    /// Puts a remark between the bytes.
    pub fn remark(&mut self, text: &str) {
        self.transcript.borrow_mut().add(Direction::Remark, text.as_bytes());
    }

    /// Before each expectation: look at once, then sleep until `deadline` at most.
    pub(super) fn begin(&mut self, deadline: Deadline) {
        self.looked = false;
        self.budget = BYTES_BETWEEN_MATCHES;
        self.deadline = deadline;
    }

    fn ready(&self, event: PollFlags, deadline: Deadline) -> io::Result<bool> {
        Ok(!self.wait(event, deadline)?.is_empty())
    }

    /// Sleeps until one of `events` or a hang-up, or until `deadline`; what there is then.
    pub(super) fn wait(&self, events: PollFlags, deadline: Deadline) -> io::Result<PollFlags> {
        self.wait_unless(None, events, deadline)
    }

    /// The same, and until `end` is readable.
    pub(super) fn wait_unless(
        &self,
        end: Option<BorrowedFd<'_>>,
        events: PollFlags,
        deadline: Deadline,
    ) -> io::Result<PollFlags> {
        let mut watched = vec![PollFd::new(self.fd.as_fd(), events)];
        watched.extend(end.map(|end| PollFd::new(end, PollFlags::POLLIN)));
        loop {
            match poll(&mut watched, deadline.poll_timeout()) {
                Ok(_) => return Ok(watched[0].revents().unwrap_or(PollFlags::empty())),
                Err(SysErrno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Writes everything, waiting for room until `deadline`. Returns how much was written by then.
    pub(super) fn write_by(&mut self, bytes: &[u8], deadline: Deadline) -> io::Result<usize> {
        let mut written = 0;
        while written < bytes.len() && self.ready(PollFlags::POLLOUT, deadline)? {
            // A blocking master takes what fits and sleeps for the rest, so more than a little may block although
            // poll said that there is room.
            let end = bytes.len().min(written + 256);
            written += self.write_once(&bytes[written..end])?;
        }
        Ok(written)
    }

    /// One write(2), after poll(2) has said that there is room; returns how many bytes were taken.
    pub(super) fn write_once(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match nix::unistd::write(&self.fd, bytes) {
            Ok(count) => {
                self.transcript.borrow_mut().add(Direction::Typed, &bytes[..count]);
                Ok(count)
            }
            Err(SysErrno::EINTR | SysErrno::EAGAIN) => Ok(0),
            Err(errno) => Err(errno.into()),
        }
    }
}

impl AsFd for Master {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Read for Master {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.blocking {
            let deadline = if self.looked { self.deadline } else { Deadline::after(Duration::ZERO) };
            if self.budget == 0 || !self.ready(PollFlags::POLLIN, deadline)? {
                self.looked = true;
                self.budget = BYTES_BETWEEN_MATCHES;
                return Err(io::ErrorKind::WouldBlock.into());
            }
        }
        match nix::unistd::read(&self.fd, buffer) {
            Ok(count) => {
                self.hung_up = false;
                self.looked = false;
                self.budget = self.budget.saturating_sub(count);
                self.transcript.borrow_mut().add(Direction::Received, &buffer[..count]);
                Ok(count)
            }
            Err(SysErrno::EIO) => {
                if !self.hung_up {
                    self.remark("hang-up: no slave is open");
                }
                self.hung_up = true;
                Ok(0)
            }
            Err(errno) => Err(errno.into()),
        }
    }
}

impl Write for Master {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_by(bytes, self.deadline)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NonBlocking for Master {
    fn set_blocking(&mut self, on: bool) -> io::Result<()> {
        self.blocking = on;
        Ok(())
    }
}
