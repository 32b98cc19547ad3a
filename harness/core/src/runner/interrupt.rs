//! Being asked to end: SIGINT, SIGTERM and SIGHUP as an event that every wait of a run can watch.

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::os::fd::{AsFd, BorrowedFd};
use std::{io, mem::MaybeUninit};

/// Readable from the moment on when the process was asked to end. signalfd(2).
///
/// Nobody ever reads it: it stays readable, so that every thread that watches it sees it.
#[derive(Debug)]
pub struct Interrupt {
    event: SignalFd,
}

impl Interrupt {
    /// From now on the signals end nothing by themselves. To be called by the first thread before it starts
    /// others, which inherit the mask. So do programs that are started, unless they are started with
    /// [`clean_start`](super::clean_start).
    ///
    /// A signal that the caller ignores, for example under nohup(1), stays ignored.
    pub fn watch() -> io::Result<Self> {
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            if !is_ignored(signal)? {
                signals.add(signal);
            }
        }
        signals.thread_block()?;
        let event = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC)?;
        Ok(Self { event })
    }

    /// Whether the process was asked to end.
    pub fn came(&self) -> bool {
        let mut watched = [PollFd::new(self.as_fd(), PollFlags::POLLIN)];
        matches!(poll(&mut watched, PollTimeout::ZERO), Ok(1))
    }
}

impl AsFd for Interrupt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }
}

/// A blocked signal reaches a signalfd even where it is ignored, so this has to be asked before.
fn is_ignored(signal: Signal) -> io::Result<bool> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action, sigaction(2) only writes the present one to the place given.
    let action = unsafe {
        if libc::sigaction(signal as i32, std::ptr::null(), action.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        action.assume_init()
    };
    Ok(action.sa_sigaction == libc::SIG_IGN)
}
