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
pub mod keyring;
pub mod network;
pub mod process;
mod reason;
pub mod signals;
pub mod stream;

pub use reason::Reason;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{FileStat, SFlag};
use nix::{errno::Errno, libc::c_long};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// What kind of file it is. inode(7)
pub fn kind(seen: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(seen.st_mode & SFlag::S_IFMT.bits())
}

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
    wait_for_any(&[fd.as_fd()], events, Some(deadline)).map(|ready| ready.is_some())
}

/// Waits for `events` of the first of `fds` that has any, not longer than until `deadline`: which that is.
pub(crate) fn wait_for_any(
    fds: &[BorrowedFd<'_>],
    events: PollFlags,
    deadline: Option<Instant>,
) -> Result<Option<usize>, Errno> {
    wait_for_each(&mut fds.iter().map(|fd| PollFd::new(*fd, events)).collect::<Vec<_>>(), deadline)
}

/// The same, each with events of its own.
pub(crate) fn wait_for_each(set: &mut [PollFd<'_>], deadline: Option<Instant>) -> Result<Option<usize>, Errno> {
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        // Rounded up, so that the last round does not spin.
        let in_time = |left: Duration| PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
        match poll(set, left.map_or(PollTimeout::NONE, in_time)) {
            Ok(0) if left.is_some_and(|left| left.is_zero()) => return Ok(None),
            Ok(0) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
            Ok(_) => return Ok(set.iter().position(|one| one.any() == Some(true))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Write, pipe};

    #[test]
    fn waiting_ends_with_the_event_or_at_the_deadline() {
        let (reader, mut writer) = pipe().unwrap();
        let soon = || Instant::now() + Duration::from_millis(20);
        let deadline = soon();
        assert_eq!(wait_for(&reader, PollFlags::POLLIN, deadline), Ok(false));
        assert!(Instant::now() >= deadline);
        writer.write_all(b"x").unwrap();
        assert_eq!(wait_for(&reader, PollFlags::POLLIN, soon()), Ok(true));
        let (silent, _held) = pipe().unwrap();
        assert_eq!(wait_for_any(&[silent.as_fd(), reader.as_fd()], PollFlags::POLLIN, None), Ok(Some(1)));
    }
}
