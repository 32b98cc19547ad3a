//! Cases that look at numbers of the whole machine wait for their turn.

use crate::deadline::Deadline;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, mpsc};
use std::{fs::File, io, os::unix::fs::MetadataExt, path::Path, time::Duration};

/// The right to run one case. It ends when it is dropped.
pub struct Turn {
    _lock: Flock<File>,
}

/// The directory of the machine's ptys stands for them: locking it leaves no lock file behind, and holds
/// between all runs on the machine, those of test runners with a process per test included.
const PTYS: &str = "/dev/pts";

/// Everybody goes through here, one at a time. Whoever waits to be alone stands in it, and so lets nobody else in: where
/// others come and go without a pause, there would never be a moment without any.
const GATE: &str = "/dev";

/// Anybody may lock the directories, for as long as they like.
const PATIENCE: Duration = Duration::from_secs(300);

/// Who waits for longer says so.
const SILENCE: Duration = Duration::from_secs(2);

/// What ends a wait, and who is told what for it is.
#[derive(Clone, Copy)]
pub struct Waiter<'w> {
    pub interrupt: Option<BorrowedFd<'w>>,
    pub say: &'w dyn Fn(&str),
}

impl Turn {
    /// Waits until the case may run: side by side with others, or alone. An error where that takes too long,
    /// and of kind `Interrupted` as soon as the interrupt is readable.
    pub fn take(alone: bool, waiter: Waiter<'_>) -> io::Result<Self> {
        Self::through(Path::new(GATE), Path::new(PTYS), alone, waiter)
    }

    fn through(gate: &Path, ptys: &Path, alone: bool, waiter: Waiter<'_>) -> io::Result<Self> {
        let _gate = waiter.lock(gate, true)?;
        Ok(Self { _lock: waiter.lock(ptys, alone)? })
    }
}

/// Who has locked a directory, as far as the kernel tells: `/proc/locks` names process and inode. proc_locks(5)
fn holders(directory: &Path) -> String {
    let inode = std::fs::metadata(directory).map(|status| status.ino().to_string()).unwrap_or_default();
    let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    let pids = locks.lines().filter_map(|line| {
        let [_, "FLOCK", _, _, pid, file, ..] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            return None;
        };
        (file.rsplit(':').next() == Some(&inode) && pid != std::process::id().to_string()).then(|| pid.to_owned())
    });
    let mut pids: Vec<String> = pids.collect();
    pids.dedup();
    if pids.is_empty() { "a process".to_owned() } else { format!("process {}", pids.join(", ")) }
}

impl Waiter<'_> {
    fn lock(self, directory: &Path, alone: bool) -> io::Result<Flock<File>> {
        let (at_once, later) = if alone {
            (FlockArg::LockExclusiveNonblock, FlockArg::LockExclusive)
        } else {
            (FlockArg::LockSharedNonblock, FlockArg::LockShared)
        };
        match Flock::lock(File::open(directory)?, at_once) {
            Ok(lock) => Ok(lock),
            Err((file, Errno::EWOULDBLOCK)) => self.wait(directory, file, later),
            Err((_, errno)) => Err(errno.into()),
        }
    }

    /// flock(2) knows no deadline, so a thread waits in it; where it waits too long, it is left to itself, and gives the
    /// lock up again should it ever get it.
    fn wait(self, directory: &Path, file: File, mode: FlockArg) -> io::Result<Flock<File>> {
        let event = Arc::new(EventFd::from_flags(EfdFlags::EFD_CLOEXEC)?);
        let told = Arc::clone(&event);
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            // Both can only fail where nobody waits any more.
            let _ = send.send(Flock::lock(file, mode).map_err(|(_, errno)| errno));
            let _ = told.write(1);
        });
        let (deadline, mut silence) = (Deadline::after(PATIENCE), Some(Deadline::after(SILENCE)));
        let held = || format!("{} has locked {}", holders(directory), directory.display());
        loop {
            let ready = silence.unwrap_or(deadline).wait_for_any([event.as_fd()].into_iter().chain(self.interrupt))?;
            if ready[0] {
                return Ok(receive.recv().map_err(io::Error::other)??);
            }
            if ready.contains(&true) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if deadline.is_over() {
                let waited = PATIENCE.as_secs();
                return Err(io::Error::other(format!("{} for {waited} s: another run, or its rest", held())));
            }
            if silence.take_if(|silence| silence.is_over()).is_some() {
                (self.say)(&format!("waiting for another run: {} for a case that must be alone", held()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::Mutex, thread};

    #[test]
    fn whoever_waits_to_be_alone_comes_before_those_who_come_later() {
        let base = tempfile::tempdir().expect("a directory");
        let (gate, ptys) = (base.path().join("gate"), base.path().join("ptys"));
        for directory in [&gate, &ptys] {
            std::fs::create_dir(directory).expect("a directory");
        }
        let take =
            |alone| Turn::through(&gate, &ptys, alone, Waiter { interrupt: None, say: &|_| {} }).expect("a turn");
        let order = Mutex::new(Vec::new());
        let comes = |name, alone| {
            let _turn = take(alone);
            order.lock().expect("nobody panics").push(name);
        };
        let first = take(false);
        thread::scope(|scope| {
            scope.spawn(|| comes("alone", true));
            let is_waited_in = || {
                let gate = File::open(&gate).expect("it is there");
                Flock::lock(gate, FlockArg::LockExclusiveNonblock).is_err()
            };
            let deadline = Deadline::after(Duration::from_secs(10));
            while !is_waited_in() && !deadline.is_over() {
                thread::yield_now();
            }
            assert!(is_waited_in(), "who waits to be alone leaves the gate open");
            scope.spawn(|| comes("later", false));
            drop(first);
        });
        assert_eq!(*order.lock().expect("nobody panics"), ["alone", "later"]);
    }
}
