//! Signals as events: blocked, and read from a signalfd, so that none can end ptyrun with the caller's terminal raw.

use crate::syscall::{held_by_descriptor, signals::SignalNumbers};
use crate::{steps::Steps, syscall::process::PidFd};
use nix::sys::{signal::Signal, signalfd::SignalFd};
use nix::{errno::Errno, unistd::getpid};

/// What is ptyrun's own: its child's changes, and stopping from the terminal, since ptyrun is the job that the caller's
/// shell knows. All others are passed on to the container's process, but for SIGWINCH, which becomes a resize.
const OWN: &[Signal] = &[Signal::SIGCHLD, Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU];

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The caller's terminal has another size.
    Resize,
    /// ptyrun was continued: it may be in the foreground now. To be passed on as well.
    Continued,
    /// To be passed on.
    Forward(i32),
}

/// The caught signals. They stay blocked when this is dropped; the end of ptyrun is near by then.
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Catches all that can be caught. Done before the container's process exists, so that a resize during its start is
    /// not lost.
    pub fn catch() -> Result<Signals, Errno> {
        Signals::only(SignalNumbers::ALL.without(SignalNumbers::of(OWN)))
    }

    /// Catches these.
    pub fn only(these: SignalNumbers) -> Result<Signals, Errno> {
        these.block()?;
        these.pending().map(Signals)
    }

    /// The next one, if any.
    pub(super) fn next(&self) -> Option<Asked> {
        loop {
            let info = self.0.read_signal().ok().flatten()?;
            if info.ssi_pid.cast_signed() == getpid().as_raw() {
                continue; // what ptyrun's own writing brings it: SIGPIPE, SIGXFSZ
            }
            let number = info.ssi_signo.cast_signed();
            return Some(match Signal::try_from(number) {
                Ok(Signal::SIGWINCH) => Asked::Resize,
                Ok(Signal::SIGCONT) => Asked::Continued,
                _ => Asked::Forward(number),
            });
        }
    }

    /// Passes every waiting signal on to `process`; for a container without a terminal to relay.
    pub fn forward_all(&self, steps: &Steps, process: &PidFd) {
        while let Some(asked) = self.next() {
            match asked {
                Asked::Resize => {}
                Asked::Continued => (steps.forward)(process, Signal::SIGCONT as i32),
                Asked::Forward(number) => (steps.forward)(process, number),
            }
        }
    }
}

held_by_descriptor!(Signals);
