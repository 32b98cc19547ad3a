//! Signals by their numbers, all 64. A C library keeps some real-time ones for itself and out of every set that it makes, so
//! these sets are the kernel's own, and so are the calls.

use super::checked;
use nix::sys::signal::Signal;
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
        SignalNumbers(signals.iter().fold(0, |all, signal| all | 1 << (*signal as i32 - 1)))
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

    /// Where those of them that are blocked and pending can be seen, and taken. signalfd4(2)
    pub fn pending(self) -> Result<SignalFd, Errno> {
        let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
        // SAFETY: the kernel reads the eight bytes of the set.
        let made = unsafe { libc::syscall(libc::SYS_signalfd4, -1, &raw const self.0, size_of::<u64>(), flags) };
        // SAFETY: the kernel has just made this descriptor, a signalfd, for nobody else.
        checked(made).map(|fd| unsafe { SignalFd::from_owned_fd(OwnedFd::from_raw_fd(fd as RawFd)) })
    }
}

/// What asks ptyrun to end. While ptyrun waits before there is a process to pass it on to, it ends the wait: where it is
/// not blocked by itself, and else because who waits looks here.
pub fn asking_to_end() -> Result<SignalFd, Errno> {
    SignalNumbers::of(&[Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM]).pending()
}
