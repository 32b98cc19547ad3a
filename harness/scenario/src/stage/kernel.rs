//! A bare pty of the kernel's, at whose slave this very process sits.

use super::{
    Seen, Stage, StageError, program::Program, pty::Pty, settle::Canary, signals::Signals, this_process::ThisProcess,
};
use crate::change::Change;
use crate::scenario::{Action, Look};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{getpid, getsid, setsid};
use ptyproof_harness::terminal::{Master, Pair, acquire_controlling_terminal};
use ptyproof_probe::{Errno, IoctlName, ioctl::ioctl};
use std::rc::Rc;

/// A bare pty whose slave is the controlling terminal of this process, which reads, writes and gets the signals.
///
/// Every scenario gets a new pty: to make one costs no more than to clean one. While this exists, the signals of
/// terminals are blocked in its thread, and the thread is bound to one CPU. Other threads of the process must
/// block them too.
pub struct Kernel {
    /// The pty of the moment. It goes before the rest, for its end is a hang-up.
    pty: Option<Pty<Master, ThisProcess>>,
    canary: Rc<Canary>,
    signals: Rc<Signals>,
}

impl Kernel {
    /// The process must lead a session without a terminal, or be able to: setsid(2) refuses the leader of a process
    /// group, so a shell's job has to fork first.
    pub fn new() -> Result<Self, StageError> {
        let refused = |errno: nix::errno::Errno| StageError::NoSession { errno: errno.into() };
        if getsid(None).map_err(refused)? != getpid() {
            setsid().map_err(refused)?;
        }
        let mut kernel = Self { pty: None, canary: Rc::new(Canary::new()?), signals: Rc::new(Signals::block()?) };
        kernel.renew()?;
        Ok(kernel)
    }

    fn renew(&mut self) -> Result<&mut Pty<Master, ThisProcess>, StageError> {
        self.give_up()?;
        self.signals.forget();
        let Pair { master, slave } = Pair::open().map_err(StageError::call("opening a pty"))?;
        fcntl(&slave, FcntlArg::F_SETFL(OFlag::O_RDWR | OFlag::O_NONBLOCK)).map_err(StageError::call("O_NONBLOCK"))?;
        acquire_controlling_terminal(&slave).map_err(|errno: Errno| StageError::NoSession { errno })?;
        let program = ThisProcess::new(slave, Rc::clone(&self.signals));
        Ok(self.pty.insert(Pty::new(master, program, Rc::clone(&self.canary))))
    }
}

impl Kernel {
    /// The session gives its terminal up, which not every kernel takes from it when the terminal ends; both send signals. Only
    /// then can it acquire another.
    fn give_up(&mut self) -> Result<(), StageError> {
        match self.pty.take() {
            Some(old) => ioctl(old.program.terminal(), IoctlName::Tiocnotty, 0)
                .map(drop)
                .map_err(StageError::ioctl(IoctlName::Tiocnotty)),
            None => Ok(()),
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // Whoever comes next in this process says if it could not.
        let _ = self.give_up();
    }
}

impl Stage for Kernel {
    fn begin(&mut self, termios: &Change) -> Result<(), StageError> {
        self.renew()?.begin(termios)
    }

    fn perform(&mut self, action: Option<&Action>, look: &Look) -> Result<Seen, StageError> {
        match &mut self.pty {
            Some(pty) => pty.perform(action, look),
            None => self.renew()?.perform(action, look),
        }
    }
}
