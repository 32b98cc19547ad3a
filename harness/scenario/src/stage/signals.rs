//! The signals that a terminal sends to this process.

use super::StageError;
use nix::sys::signal::{SigSet, SigmaskHow, Signal as SysSignal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use ntty::Signal;

/// The signals that actions send.
const EXPECTED: [(SysSignal, Signal); 4] = [
    (SysSignal::SIGINT, Signal::Interrupt),
    (SysSignal::SIGQUIT, Signal::Quit),
    (SysSignal::SIGTSTP, Signal::Stop),
    (SysSignal::SIGWINCH, Signal::WindowChange),
];

/// The hang-up of the terminal of the scenario before, which on a busy machine may come late.
const LATE: [SysSignal; 2] = [SysSignal::SIGHUP, SysSignal::SIGCONT];

/// Those that a terminal may send as well, and that must neither stop nor end this process.
const OTHERS: [SysSignal; 2] = [SysSignal::SIGTTIN, SysSignal::SIGTTOU];

/// Signals of a terminal, blocked in this thread and taken by reading. signalfd(2).
pub(super) struct Signals {
    queue: SignalFd,
    before: SigSet,
}

impl Signals {
    /// Blocks them.
    pub(super) fn block() -> Result<Self, StageError> {
        let mut all = SigSet::empty();
        let expected = EXPECTED.iter().map(|(signal, _)| *signal);
        expected.chain(LATE.into_iter().chain(OTHERS)).for_each(|signal| all.add(signal));
        let before = all.thread_swap_mask(SigmaskHow::SIG_BLOCK).map_err(StageError::call("blocking signals"))?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let queue = SignalFd::with_flags(&all, flags).map_err(StageError::call("signalfd"))?;
        Ok(Self { queue, before })
    }

    /// Those that came since last asked, each once.
    pub(super) fn take(&self) -> Result<Vec<Signal>, StageError> {
        let mut came = [false; EXPECTED.len()];
        while let Some(one) = self.next()? {
            let known = EXPECTED.iter().position(|(signal, _)| *signal as u32 == one);
            match known {
                Some(index) => came[index] = true,
                None if LATE.iter().any(|late| *late as u32 == one) => {}
                None => {
                    let signal = ptyproof_probe::Signal(one as i32);
                    return Err(StageError::StraySignal { signal });
                }
            }
        }
        let taken = EXPECTED.iter().zip(came).filter(|(_, came)| *came);
        Ok(taken.map(|((_, signal), _)| *signal).collect())
    }

    /// Forgets those that came.
    pub(super) fn forget(&self) {
        while matches!(self.next(), Ok(Some(_))) {}
    }

    fn next(&self) -> Result<Option<u32>, StageError> {
        let one = self.queue.read_signal();
        Ok(one.map_err(StageError::call("reading signals"))?.map(|information| information.ssi_signo))
    }
}

impl Drop for Signals {
    /// Forgets what came, such as the hang-up of a terminal that was closed, and lets signals through as before.
    fn drop(&mut self) {
        self.forget();
        let _ = self.before.thread_set_mask();
    }
}
