//! This very process as the program.

use super::{Seen, StageError, calls, program::Program, signals::Signals};
use crate::scenario::Look;
use nix::{errno::Errno, poll::PollFlags};
use ntty::{Flow, Queue, Read, Termios};
use ptyproof_harness::terminal::{Slave, unread};
use ptyproof_probe::IoctlName;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

/// This very process, at a slave that is its controlling terminal.
pub(super) struct ThisProcess {
    slave: Slave,
    signals: Rc<Signals>,
}

impl ThisProcess {
    /// `slave` is non-blocking.
    pub(super) fn new(slave: Slave, signals: Rc<Signals>) -> Self {
        Self { slave, signals }
    }
}

impl Program for ThisProcess {
    fn terminal(&self) -> BorrowedFd<'_> {
        self.slave.as_fd()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StageError> {
        calls::write(&self.slave, bytes)
    }

    fn set_termios(&mut self, when: ntty::Action, termios: &Termios) -> Result<(), StageError> {
        calls::set_termios(&self.slave, when, termios)
    }

    fn flush(&mut self, queue: Queue) -> Result<(), StageError> {
        calls::flush(&self.slave, queue)
    }

    fn flow(&mut self, flow: Flow) -> Result<(), StageError> {
        calls::flow(&self.slave, flow)
    }

    fn look(&mut self, look: &Look) -> Result<Seen, StageError> {
        let mut seen = Seen { signals: self.signals.take()?, ..Seen::default() };
        if look.readable || look.writable {
            let ready = calls::ready(&self.slave)?;
            let said = |yes: bool, flag| yes.then(|| ready.contains(flag));
            seen.readable = said(look.readable, PollFlags::POLLIN);
            seen.writable = said(look.writable, PollFlags::POLLOUT);
        }
        if look.unread {
            seen.unread = Some(unread(&self.slave).map_err(StageError::ioctl(IoctlName::Fionread))?);
        }
        while seen.reads.len() < look.reads && seen.reads.last() != Some(&Read::WouldBlock) {
            seen.reads.push(self.read(look.most)?);
        }
        Ok(seen)
    }

    fn read(&mut self, most: usize) -> Result<Read, StageError> {
        let mut buffer = vec![0; most];
        match nix::unistd::read(&self.slave, &mut buffer) {
            Ok(count) => {
                buffer.truncate(count);
                Ok(Read::Bytes(buffer))
            }
            Err(Errno::EAGAIN) => Ok(Read::WouldBlock),
            Err(errno) => Err(StageError::call("reading the slave")(errno)),
        }
    }
}
