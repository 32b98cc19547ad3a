//! The terminal of a container, at whose slave the probe sits.

use super::pty::{PATIENCE, Pty};
use super::{Seen, Stage, StageError, calls, probed::Probed, program::Program, settle::Canary};
use crate::change::Change;
use crate::scenario::{Action, Look};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::PollFlags;
use ntty::{Flow, Size};
use ptyproof_harness::{deadline::Deadline, probe::Probe, terminal::Slave};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

/// The terminal of a container: this process holds its master, and a probe inside is the program.
///
/// All scenarios are performed on that one terminal, which is made like a new one before each, but for one thing: its port
/// keeps flip buffers of earlier scenarios, and so takes a small write more where a new one is full. While this exists, its
/// master does not block, and this thread is bound to one CPU.
pub struct Container<'c> {
    pty: Pty<OwnedFd, Probed<'c>>,
    flags: OFlag,
}

impl<'c> Container<'c> {
    /// `probe` leads the session whose controlling terminal `terminal` is the master of, and is in its foreground.
    pub fn new(probe: &'c mut Probe, terminal: impl AsFd) -> Result<Self, StageError> {
        let failed = StageError::call("the container's terminal");
        let slave = Slave::of(&terminal).map_err(StageError::call("opening its slave"))?;
        let master = terminal.as_fd().try_clone_to_owned().map_err(failed)?;
        let flags = fcntl(&master, FcntlArg::F_GETFL).map_err(StageError::call("F_GETFL"))?;
        let flags = OFlag::from_bits_retain(flags);
        fcntl(&master, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).map_err(StageError::call("O_NONBLOCK"))?;
        let pty = Pty::new(master, Probed::new(probe, slave)?, Rc::new(Canary::new()?));
        Ok(Self { pty, flags })
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        let _ = fcntl(&self.pty.master, FcntlArg::F_SETFL(self.flags));
    }
}

impl Stage for Container<'_> {
    fn begin(&mut self, termios: &Change) -> Result<(), StageError> {
        if self.pty.packet_mode {
            self.pty.set_packet_mode(false)?;
        }
        calls::flow(&self.pty.master, Flow::OutputOn)?;
        self.pty.program.renew()?;
        self.pty.drain()?;
        // Echo that a scenario has left unfinished comes before the next, and with it.
        calls::write(&self.pty.master, b"\n")?;
        let echoed = Deadline::after(PATIENCE).wait_for(&self.pty.master, PollFlags::POLLIN);
        echoed.map_err(StageError::call("poll of the master"))?;
        self.pty.program.renew()?;
        self.pty.resize(Size::default())?;
        self.pty.drain()?;
        self.pty.program.look(&Look::default())?;
        self.pty.begin(termios)
    }

    fn perform(&mut self, action: Option<&Action>, look: &Look) -> Result<Seen, StageError> {
        self.pty.perform(action, look)
    }
}
