//! Signals as events: blocked, and read from a signalfd, so that none can end ptyrun with the caller's terminal raw.

use crate::syscall::held_by_descriptor;
use crate::{steps::Steps, syscall::process::PidFd};
use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Those that are passed on to the container's process. SIGWINCH becomes a resize, SIGCHLD is ours; stopping from the
/// terminal (SIGTSTP, SIGTTIN, SIGTTOU) stays with ptyrun, which is the job that the caller's shell knows.
const FORWARDED: &[Signal] = &[
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGVTALRM,
    Signal::SIGPROF,
    Signal::SIGPWR,
    Signal::SIGXCPU,
    Signal::SIGXFSZ,
];

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The caller's terminal has another size.
    Resize,
    /// ptyrun was continued: it may be in the foreground now.
    Continued,
    /// To be passed on.
    Forward(i32),
}

/// The caught signals. They stay blocked when this is dropped; the end of ptyrun is near by then.
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Catches them. Done before the container's process exists, so that a resize during its start is not lost.
    pub fn catch() -> Result<Signals, Errno> {
        let mut set: SigSet = FORWARDED.iter().copied().collect();
        set.add(Signal::SIGWINCH);
        set.add(Signal::SIGCONT);
        set.thread_block()?;
        SignalFd::with_flags(&set, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK).map(Signals)
    }

    /// The next one, if any.
    pub(super) fn next(&self) -> Option<Asked> {
        let info = self.0.read_signal().ok().flatten()?;
        let number = info.ssi_signo.cast_signed();
        Some(match Signal::try_from(number) {
            Ok(Signal::SIGWINCH) => Asked::Resize,
            Ok(Signal::SIGCONT) => Asked::Continued,
            _ => Asked::Forward(number),
        })
    }

    /// Passes every waiting signal on to `process`; for a container without a terminal to relay.
    pub fn forward_all(&self, steps: &Steps, process: &PidFd) {
        while let Some(asked) = self.next() {
            if let Asked::Forward(number) = asked {
                (steps.forward)(process, number);
            }
        }
    }
}

held_by_descriptor!(Signals);
