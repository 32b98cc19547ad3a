//! Cases that look at numbers of the whole machine wait for their turn.

use crate::deadline::Deadline;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// The right to run one case. It ends when it is dropped.
pub struct Turn {
    _lock: Flock<File>,
}

/// The directory of the machine's ptys stands for them: locking it leaves no lock file behind, and holds
/// between all runs on the machine, those of test runners with a process per test included.
const PTYS: &str = "/dev/pts";

/// Anybody may lock the directory, for as long as they like.
const PATIENCE: Duration = Duration::from_secs(300);

impl Turn {
    /// Waits until the case may run: side by side with others, or alone. An error where that takes too long,
    /// and of kind `Interrupted` as soon as `interrupt` is readable.
    pub fn take(alone: bool, interrupt: Option<BorrowedFd<'_>>) -> io::Result<Self> {
        let (at_once, later) = if alone {
            (FlockArg::LockExclusiveNonblock, FlockArg::LockExclusive)
        } else {
            (FlockArg::LockSharedNonblock, FlockArg::LockShared)
        };
        match Flock::lock(File::open(PTYS)?, at_once) {
            Ok(lock) => Ok(Self { _lock: lock }),
            Err((directory, Errno::EWOULDBLOCK)) => Self::wait(directory, later, interrupt),
            Err((_, errno)) => Err(errno.into()),
        }
    }

    /// flock(2) knows no deadline, so a thread waits in it; where it waits too long, it is left to itself, and
    /// gives the lock up again should it ever get it.
    fn wait(
        directory: File,
        mode: FlockArg,
        interrupt: Option<BorrowedFd<'_>>,
    ) -> io::Result<Self> {
        let event = Arc::new(EventFd::from_flags(EfdFlags::EFD_CLOEXEC)?);
        let told = Arc::clone(&event);
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            // Both can only fail where nobody waits any more.
            let _ = send.send(Flock::lock(directory, mode).map_err(|(_, errno)| errno));
            let _ = told.write(1);
        });
        let deadline = Deadline::after(PATIENCE);
        let mut watched = vec![PollFd::new(event.as_fd(), PollFlags::POLLIN)];
        watched.extend(interrupt.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        loop {
            match poll(&mut watched, deadline.poll_timeout()) {
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
                Ok(0) => {
                    return Err(io::Error::other(format!(
                        "somebody has locked {PTYS} for {PATIENCE:?}: another run, or its rest"
                    )));
                }
                Ok(_) if watched[0].any().unwrap_or(false) => {
                    let lock = receive.recv().map_err(io::Error::other)??;
                    return Ok(Self { _lock: lock });
                }
                Ok(_) => return Err(io::ErrorKind::Interrupted.into()),
            }
        }
    }
}
