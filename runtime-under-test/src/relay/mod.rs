//! Step 9: the relay between the caller's streams and the container's terminal.
//!
//! One poll(2) loop. The master belongs to ptyrun alone, so it is read and written without blocking; what ptyrun shares
//! with its caller is never made non-blocking, because that flag would stay behind in the caller's shell. A stalled
//! output stops the reading of the master, never the handling of signals and of input, so nothing can deadlock.

mod error;
pub mod hangup;
mod input;
mod output;
mod session;
mod signals;

pub use error::RelayError;
pub use session::Session;
pub use signals::Signals;

use crate::{steps::Steps, syscall::process::PidFd, terminal::ioctl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::{errno::Errno, libc};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The size of the caller's terminal, if descriptor 0, or else 1, is one.
pub fn caller_window() -> Option<libc::winsize> {
    [0, 1].into_iter().find_map(|number| ioctl::window_size(stream(number)).ok())
}

/// Gives `master` that size.
pub(crate) fn copy_size(master: &OwnedFd) {
    if let Some(size) = caller_window() {
        let _ = ioctl::set_window_size(master, &size);
    }
}

/// One of the three standard streams.
pub fn stream(number: i32) -> BorrowedFd<'static> {
    debug_assert!((0..3).contains(&number));
    // SAFETY: std opens 0, 1 and 2 before main, and the foreground process never closes them.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// Stays with the foreground `process` until it has ended: relays its terminal, or only passes signals on where it has
/// the caller's streams. It is not reaped.
pub fn attend(steps: &Steps, process: &PidFd, master: Option<OwnedFd>, signals: &Signals) -> Result<(), RelayError> {
    if let Some(master) = master {
        (steps.borrow_streams)()?;
        return Session::new(steps, process, signals, master).run();
    }
    loop {
        let mut set =
            [PollFd::new(process.as_fd(), PollFlags::POLLIN), PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
        match poll(&mut set, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(RelayError::Master(errno)),
        }
        if set[0].any() == Some(true) {
            return Ok(());
        }
        signals.forward_all(steps, process);
    }
}
