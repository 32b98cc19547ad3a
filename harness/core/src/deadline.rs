//! Points in time by which something has to have happened.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// A point in time by which an event has to have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The time that is left; zero once it is over.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether the time is over.
    pub fn is_over(self) -> bool {
        self.remaining().is_zero()
    }

    /// Sleeps until one of `events` or a hang-up happens to a descriptor, or the time is over; whether it happened.
    pub fn wait_for(self, descriptor: impl AsFd, events: PollFlags) -> Result<bool, Errno> {
        let mut watched = [PollFd::new(descriptor.as_fd(), events)];
        loop {
            match poll(&mut watched, self.poll_timeout()) {
                Err(Errno::EINTR) => {}
                outcome => return outcome.map(|count| count > 0),
            }
        }
    }

    /// Sleeps until one of these can be read or has hung up, or the time is over; of each, whether it is so. Of none it is
    /// where a signal has interrupted the sleep.
    pub fn wait_for_any<'f>(self, descriptors: impl IntoIterator<Item = BorrowedFd<'f>>) -> Result<Vec<bool>, Errno> {
        let mut watched: Vec<_> = descriptors.into_iter().map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut watched, self.poll_timeout()) {
            Err(errno) if errno != Errno::EINTR => Err(errno),
            outcome => Ok(watched.iter().map(|fd| outcome.is_ok() && fd.any().unwrap_or(false)).collect()),
        }
    }

    /// For poll(2), rounded up to whole milliseconds so that a wait never spins at its end.
    pub fn poll_timeout(self) -> PollTimeout {
        let milliseconds = self.remaining().as_nanos().div_ceil(1_000_000);
        PollTimeout::try_from(i32::try_from(milliseconds).unwrap_or(i32::MAX)).unwrap_or(PollTimeout::MAX)
    }
}
