//! The program's end of a pty.

use super::StageError;
use super::signals::Signals;
use nix::errno::Errno as SysErrno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlowArg, FlushArg, tcflow, tcflush};
use ntty::{Flow, Queue, Read, Signal, Termios};
use ptyproof_harness::terminal::{Slave, unread};
use ptyproof_probe::{TermiosAction, TermiosFacts, tty};
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

/// What a program does with its terminal, which is its controlling terminal and never blocks.
pub(super) trait Program {
    /// A descriptor of the slave, to wait until it is quiet.
    fn terminal(&self) -> BorrowedFd<'_>;
    /// write(2); 0 is `EAGAIN`.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, StageError>;
    /// read(2).
    fn read(&mut self, most: usize) -> Result<Read, StageError>;
    /// tcsetattr(3).
    fn set_termios(&mut self, when: ntty::Action, termios: &Termios) -> Result<(), StageError>;
    /// tcflush(3).
    fn flush(&mut self, queue: Queue) -> Result<(), StageError>;
    /// tcflow(3).
    fn flow(&mut self, flow: Flow) -> Result<(), StageError>;
    /// Whether poll(2) says that it can be read, and that it can be written.
    fn ready(&mut self) -> Result<(bool, bool), StageError>;
    /// FIONREAD.
    fn unread(&mut self) -> Result<i32, StageError>;
    /// The signals that came since last asked.
    fn take_signals(&mut self) -> Result<Vec<Signal>, StageError>;
}

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
        write(self.slave.as_fd(), bytes).map_err(StageError::call("writing to the slave"))
    }

    fn read(&mut self, most: usize) -> Result<Read, StageError> {
        let mut buffer = vec![0; most];
        match nix::unistd::read(&self.slave, &mut buffer) {
            Ok(count) => {
                buffer.truncate(count);
                Ok(Read::Bytes(buffer))
            }
            Err(SysErrno::EAGAIN) => Ok(Read::WouldBlock),
            Err(errno) => Err(StageError::call("reading the slave")(errno)),
        }
    }

    fn set_termios(&mut self, when: ntty::Action, termios: &Termios) -> Result<(), StageError> {
        set_termios(self.slave.as_fd(), when, termios)
    }

    fn flush(&mut self, queue: Queue) -> Result<(), StageError> {
        flush(self.slave.as_fd(), queue)
    }

    fn flow(&mut self, action: Flow) -> Result<(), StageError> {
        flow(self.slave.as_fd(), action)
    }

    fn ready(&mut self) -> Result<(bool, bool), StageError> {
        let ready = ready(self.slave.as_fd()).map_err(StageError::call("poll of the slave"))?;
        Ok((
            ready.contains(PollFlags::POLLIN),
            ready.contains(PollFlags::POLLOUT),
        ))
    }

    fn unread(&mut self) -> Result<i32, StageError> {
        unread(&self.slave).map_err(StageError::call("FIONREAD of the slave"))
    }

    fn take_signals(&mut self) -> Result<Vec<Signal>, StageError> {
        self.signals.take()
    }
}

/// What poll(2) says at once.
pub(super) fn ready(terminal: BorrowedFd<'_>) -> Result<PollFlags, SysErrno> {
    let mut watched = [PollFd::new(
        terminal,
        PollFlags::POLLIN | PollFlags::POLLOUT,
    )];
    poll(&mut watched, PollTimeout::ZERO)?;
    Ok(watched[0].revents().unwrap_or(PollFlags::empty()))
}

/// write(2); 0 is `EAGAIN`.
pub(super) fn write(terminal: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, SysErrno> {
    match nix::unistd::write(terminal, bytes) {
        Err(SysErrno::EAGAIN) => Ok(0),
        outcome => outcome,
    }
}

/// tcsetattr(3) through either end.
pub(super) fn set_termios(
    terminal: BorrowedFd<'_>,
    when: ntty::Action,
    termios: &Termios,
) -> Result<(), StageError> {
    let (action, facts) = (action(when), facts(termios));
    tty::set_termios(terminal, action, &facts).map_err(StageError::call("tcsetattr"))
}

/// When settings take effect, for the probe's calls.
pub(super) fn action(when: ntty::Action) -> TermiosAction {
    match when {
        ntty::Action::Now => TermiosAction::Now,
        ntty::Action::Drain => TermiosAction::Drain,
        ntty::Action::Flush => TermiosAction::Flush,
    }
}

/// Settings for the probe's calls, which leave speeds as they are.
pub(super) fn facts(termios: &Termios) -> TermiosFacts {
    TermiosFacts {
        input: termios.iflag,
        output: termios.oflag,
        control: termios.cflag,
        local: termios.lflag,
        line: termios.line,
        characters: termios.cc,
        speeds: (0, 0),
    }
}

/// tcflush(3) through either end.
pub(super) fn flush(terminal: BorrowedFd<'_>, queue: Queue) -> Result<(), StageError> {
    let queue = match queue {
        Queue::Input => FlushArg::TCIFLUSH,
        Queue::Output => FlushArg::TCOFLUSH,
        Queue::Both => FlushArg::TCIOFLUSH,
    };
    tcflush(terminal, queue).map_err(StageError::call("tcflush"))
}

/// tcflow(3) through either end.
pub(super) fn flow(terminal: BorrowedFd<'_>, flow: Flow) -> Result<(), StageError> {
    let flow = match flow {
        Flow::OutputOff => FlowArg::TCOOFF,
        Flow::OutputOn => FlowArg::TCOON,
        Flow::InputOff => FlowArg::TCIOFF,
        Flow::InputOn => FlowArg::TCION,
    };
    tcflow(terminal, flow).map_err(StageError::call("tcflow"))
}
