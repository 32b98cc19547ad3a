//! System calls on either end of a pty that this process holds.

use super::StageError;
use super::program::{action, facts};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlowArg, FlushArg, tcflow, tcflush};
use ntty::{Flow, Queue, Termios};
use ptyproof_probe::{IoctlName, tty};
use std::os::fd::AsFd;

/// What poll(2) says at once.
pub(super) fn ready(terminal: impl AsFd) -> Result<PollFlags, StageError> {
    let mut watched = [PollFd::new(terminal.as_fd(), PollFlags::POLLIN | PollFlags::POLLOUT)];
    poll(&mut watched, PollTimeout::ZERO).map_err(StageError::call("poll"))?;
    Ok(watched[0].revents().unwrap_or(PollFlags::empty()))
}

/// write(2); 0 is `EAGAIN`.
pub(super) fn write(terminal: impl AsFd, bytes: &[u8]) -> Result<usize, StageError> {
    match nix::unistd::write(terminal, bytes) {
        Err(Errno::EAGAIN) => Ok(0),
        outcome => outcome.map_err(StageError::call("write")),
    }
}

/// tcsetattr(3).
pub(super) fn set_termios(terminal: impl AsFd, when: ntty::Action, termios: &Termios) -> Result<(), StageError> {
    tty::set_termios(terminal, action(when), &facts(termios)).map_err(StageError::ioctl(IoctlName::Tcsets))
}

/// tcflush(3).
pub(super) fn flush(terminal: impl AsFd, queue: Queue) -> Result<(), StageError> {
    let queue = match queue {
        Queue::Input => FlushArg::TCIFLUSH,
        Queue::Output => FlushArg::TCOFLUSH,
        Queue::Both => FlushArg::TCIOFLUSH,
    };
    tcflush(terminal, queue).map_err(StageError::ioctl(IoctlName::Tcflsh))
}

/// tcflow(3).
pub(super) fn flow(terminal: impl AsFd, flow: Flow) -> Result<(), StageError> {
    let flow = match flow {
        Flow::OutputOff => FlowArg::TCOOFF,
        Flow::OutputOn => FlowArg::TCOON,
        Flow::InputOff => FlowArg::TCIOFF,
        Flow::InputOn => FlowArg::TCION,
    };
    tcflow(terminal, flow).map_err(StageError::ioctl(IoctlName::Tcxonc))
}
