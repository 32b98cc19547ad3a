//! Signals by their numbers, all 64. A C library keeps some real-time ones for itself and out of every set that it makes, so
//! these sets are the kernel's own, and so are the calls.

use super::checked;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::SignalFd;
use nix::{errno::Errno, libc};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::ptr;

/// Some of the 64 signals: bit `n - 1` is signal `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalNumbers(u64);

impl SignalNumbers {
    /// Every signal.
    pub const ALL: SignalNumbers = SignalNumbers(u64::MAX);

    /// These.
    pub fn of(signals: &[Signal]) -> SignalNumbers {
        SignalNumbers::numbered(signals.iter().map(|signal| *signal as libc::c_int))
    }

    fn numbered(numbers: impl Iterator<Item = libc::c_int>) -> SignalNumbers {
        SignalNumbers(numbers.fold(0, |all, number| all | bit(number)))
    }

    /// Those that are not among `others`.
    #[must_use]
    pub fn without(self, others: SignalNumbers) -> SignalNumbers {
        SignalNumbers(self.0 & !others.0)
    }

    /// Blocks them, beside those that are blocked already. rt_sigprocmask(2)
    pub fn block(self) -> Result<(), Errno> {
        // SAFETY: the kernel reads the eight bytes of the set and is given no place for the old one.
        let blocked = unsafe {
            libc::syscall(
                libc::SYS_rt_sigprocmask,
                libc::SIG_BLOCK,
                &raw const self.0,
                ptr::null_mut::<u64>(),
                size_of::<u64>(),
            )
        };
        checked(blocked).map(drop)
    }

    /// Those that the calling process ignores. rt_sigaction(2)
    pub fn ignored() -> SignalNumbers {
        let ignored = |number: &libc::c_int| {
            let mut action = Action::default();
            // SAFETY: the kernel reads no new action and writes the old one, which has its size.
            let asked = unsafe { rt_sigaction(*number, ptr::null(), &raw mut action) };
            asked.is_ok() && action[0] == libc::SIG_IGN as u64
        };
        SignalNumbers::numbered((1..=64).filter(ignored))
    }

    /// Makes each of them act by default.
    fn act_by_default(self) {
        let by_default = Action::default();
        for number in (1..=64).filter(|number| self.0 & bit(*number) != 0) {
            // SAFETY: the default action runs no code of ours. SIGKILL and SIGSTOP are refused: fine.
            let _ = unsafe { rt_sigaction(number, &raw const by_default, ptr::null_mut()) };
        }
    }

    /// As eight bytes, for another process of ptyrun's.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_ne_bytes()
    }

    /// What [`SignalNumbers::to_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 8]) -> SignalNumbers {
        SignalNumbers(u64::from_ne_bytes(bytes))
    }

    /// Where those of them that are blocked and pending can be seen, and taken. signalfd4(2)
    pub fn pending(self) -> Result<SignalFd, Errno> {
        let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
        // SAFETY: the kernel reads the eight bytes of the set.
        let made = unsafe { libc::syscall(libc::SYS_signalfd4, -1, &raw const self.0, size_of::<u64>(), flags) };
        // SAFETY: the kernel has just made this descriptor, a signalfd, for nobody else.
        checked(made).map(|fd| unsafe { SignalFd::from_owned_fd(OwnedFd::from_raw_fd(fd as RawFd)) })
    }
}

/// That of signal `number` in a set.
fn bit(number: libc::c_int) -> u64 {
    1 << (number - 1)
}

/// The kernel's struct sigaction: handler, flags, restorer, mask. All zero is SIG_DFL.
type Action = [u64; 4];

/// By the system call, because glibc's functions refuse 32 and 33, its own, while its posix_spawn(3) leaves them ignored in
/// what it starts: whoever starts ptyrun that way would pass that on to every container.
///
/// # Safety
/// Each pointer is null or to an action; a handler in a new one is code that may run.
unsafe fn rt_sigaction(number: libc::c_int, new: *const Action, old: *mut Action) -> Result<(), Errno> {
    // SAFETY: the caller's to see to.
    let made = unsafe { libc::syscall(libc::SYS_rt_sigaction, number, new, old, size_of::<u64>()) };
    checked(made).map(drop)
}

/// Makes signals act by default, those of them that `may_be_ignored`, and blocks none, as a fresh process expects: an ignored or
/// blocked signal would pass through execve, and ptyrun itself ignores SIGPIPE.
pub fn reset_signals(may_be_ignored: SignalNumbers) {
    may_be_ignored.act_by_default();
    let _ = SigSet::empty().thread_set_mask();
}

/// What asks ptyrun to end. While ptyrun waits before there is a process to pass it on to, it ends the wait: where it is
/// not blocked by itself, and else because who waits looks here.
pub fn asking_to_end() -> Result<SignalFd, Errno> {
    SignalNumbers::of(&[Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM]).pending()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_found_and_reset_real_time_ones_too() {
        // Nobody else here uses these two; the process has more threads.
        const OWN: [libc::c_int; 2] = [40, 64];
        let own = SignalNumbers::numbered(OWN.into_iter());
        let among = |all: SignalNumbers| all.0 & own.0;
        assert_eq!(among(SignalNumbers::ignored()), 0);
        for number in OWN {
            // SAFETY: what is ignored runs no code.
            unsafe { rt_sigaction(number, &[libc::SIG_IGN as u64, 0, 0, 0], ptr::null_mut()) }.unwrap();
        }
        let told = SignalNumbers::from_bytes(SignalNumbers::ignored().to_bytes());
        assert_eq!(among(told), own.0);
        SignalNumbers(own.0 & told.0).act_by_default();
        assert_eq!(among(SignalNumbers::ignored()), 0);
    }
}
