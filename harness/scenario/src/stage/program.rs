//! The program's end of a pty.

use super::{Seen, StageError};
use crate::scenario::Look;
use ntty::{Flow, Queue, Read, Termios};
use ptyproof_probe::{TermiosAction, TermiosFacts};
use std::os::fd::BorrowedFd;

/// What a program does with its terminal, which is its controlling terminal and never blocks.
pub(super) trait Program {
    /// A descriptor of the slave, to wait until it is quiet.
    fn terminal(&self) -> BorrowedFd<'_>;
    /// write(2); 0 is `EAGAIN`.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, StageError>;
    /// tcsetattr(3).
    fn set_termios(&mut self, when: ntty::Action, termios: &Termios) -> Result<(), StageError>;
    /// tcflush(3).
    fn flush(&mut self, queue: Queue) -> Result<(), StageError>;
    /// tcflow(3).
    fn flow(&mut self, flow: Flow) -> Result<(), StageError>;
    /// The signals that came since last asked, and what `look` names, up to the first read that would block.
    fn look(&mut self, look: &Look) -> Result<Seen, StageError>;
    /// read(2).
    fn read(&mut self, most: usize) -> Result<Read, StageError>;
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
