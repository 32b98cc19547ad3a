//! Points in time by which something has to have happened.

use nix::poll::PollTimeout;
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

    /// For poll(2), rounded up to whole milliseconds so that a wait never spins at its end.
    pub fn poll_timeout(self) -> PollTimeout {
        let milliseconds = self.remaining().as_nanos().div_ceil(1_000_000);
        PollTimeout::try_from(i32::try_from(milliseconds).unwrap_or(i32::MAX))
            .unwrap_or(PollTimeout::MAX)
    }
}
