//! Cases that look at numbers of the whole machine wait for their turn.

use nix::fcntl::{Flock, FlockArg};
use std::fs::File;
use std::io;

/// The right to run one case. It ends when it is dropped.
pub struct Turn {
    _lock: Flock<File>,
}

/// The directory of the machine's ptys stands for them: locking it leaves no lock file behind, and holds
/// between all runs on the machine, those of test runners with a process per test included.
const PTYS: &str = "/dev/pts";

impl Turn {
    /// Waits until the case may run: side by side with others, or alone.
    pub fn take(alone: bool) -> io::Result<Self> {
        let mode = if alone {
            FlockArg::LockExclusive
        } else {
            FlockArg::LockShared
        };
        match Flock::lock(File::open(PTYS)?, mode) {
            Ok(lock) => Ok(Self { _lock: lock }),
            Err((_, errno)) => Err(errno.into()),
        }
    }
}
