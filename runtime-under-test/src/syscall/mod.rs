//! System calls that nix lacks, each behind a safe function, and the waiting for one thing until a deadline.

/// Types that are a descriptor with a meaning: whoever takes a descriptor takes them.
macro_rules! held_by_descriptor {
    ($($kind:ty),+) => {
        $(impl std::os::fd::AsFd for $kind {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.0.as_fd()
            }
        })+
    };
}
pub(crate) use held_by_descriptor;

pub mod descriptors;
pub mod process;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::{errno::Errno, libc::c_long};
use std::{os::fd::AsFd, time::Instant};

/// Repeats a call for as long as it is interrupted, signal(7).
pub fn repeated<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}

/// Turns the raw result of a system call into a value or the error number.
fn checked(result: c_long) -> Result<c_long, Errno> {
    Errno::result(result)
}

/// The error number of a call of rustix, which has what nix lacks.
pub(crate) fn of_rustix(error: rustix::io::Errno) -> Errno {
    Errno::from_raw(error.raw_os_error())
}

/// Waits for `events` of `fd`, not longer than until `deadline`; false means that it is over.
pub(crate) fn wait_for(fd: impl AsFd, events: PollFlags, deadline: Instant) -> Result<bool, Errno> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // Rounded up, so that the last round does not spin.
        let milliseconds = PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(fd.as_fd(), events)], milliseconds) {
            Ok(0) if Instant::now() < deadline => {}
            Err(Errno::EINTR) => {}
            ready => return ready.map(|number| number > 0),
        }
    }
}
