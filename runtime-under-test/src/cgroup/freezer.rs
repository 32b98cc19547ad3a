//! Whether a cgroup is frozen: what is born in one, or moved there, does not run, and whoever waits for it waits for ever.

use super::{Cgroup, CgroupError};
use crate::syscall::wait_for_any;
use nix::{errno::Errno, poll::PollFlags};
use std::io::{Read, Seek};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};
use std::{fs, fs::File, io, path::PathBuf};

/// The files that tell of a cgroup's frost, in each of its hierarchies; the default watches nothing.
#[derive(Debug, Default)]
pub struct Freezer {
    /// v2: reading arms a notification (POLLPRI).
    events: Vec<File>,
    /// v1: nobody is told of a change.
    states: Vec<PathBuf>,
}

impl Freezer {
    /// Begins to watch `cgroup`.
    pub fn of(cgroup: &Cgroup) -> Freezer {
        let directories = cgroup.directories();
        Freezer {
            events: directories.iter().filter_map(|it| File::open(it.join("cgroup.events")).ok()).collect(),
            states: directories.iter().map(|it| it.join("freezer.state")).filter(|it| it.exists()).collect(),
        }
    }

    /// Whether it is frozen now, itself or by one above it.
    pub fn is_frozen(&self) -> bool {
        let frozen = |mut events: &File| {
            let mut text = String::new();
            events.rewind().and_then(|()| events.read_to_string(&mut text)).is_ok() && text.contains("frozen 1")
        };
        let thawed = |state: &PathBuf| fs::read(state).map_or(true, |text| text == b"THAWED\n");
        self.events.iter().any(frozen) || !self.states.iter().all(thawed)
    }

    /// Whether all of it is frozen, or thawed; v1 has a state between them.
    fn is_settled(&self, frozen: bool) -> bool {
        let between = |state: &PathBuf| fs::read(state).is_ok_and(|text| text == b"FREEZING\n");
        self.is_frozen() == frozen && !self.states.iter().any(between)
    }

    /// Waits until something may have changed since it was looked at, not longer than until `deadline`.
    fn wait_for_a_change(&self, deadline: Instant) -> Result<(), Errno> {
        const PAUSE: Duration = Duration::from_millis(1);
        let events: Vec<_> = self.descriptors().collect();
        let next = if self.states.is_empty() { deadline } else { deadline.min(Instant::now() + PAUSE) };
        wait_for_any(&events, PollFlags::POLLPRI, Some(next)).map(drop)
    }

    /// What has an exceptional condition when that has changed.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.events.iter().map(AsFd::as_fd)
    }
}

impl Cgroup {
    /// Freezes or thaws every process in the cgroup, and waits until that is so, not longer than until `deadline`. By the
    /// `freezer` controller of v1 where there is one, else by `cgroup.freeze` of v2. False where there is neither.
    pub fn set_frozen(&self, frozen: bool, deadline: Instant) -> Result<bool, CgroupError> {
        let version_1 = ("freezer.state", if frozen { "FROZEN" } else { "THAWED" });
        let version_2 = ("cgroup.freeze", if frozen { "1" } else { "0" });
        let file = |name: &str| self.directories().iter().map(|it| it.join(name)).find(|file| file.exists());
        let found = [version_1, version_2].into_iter().find_map(|(name, word)| Some((file(name)?, word)));
        let Some((file, word)) = found else { return Ok(false) };
        let failed = |source| CgroupError::new("write", &file, source);
        fs::write(&file, word).map_err(failed)?;
        let freezer = Freezer::of(self);
        while !freezer.is_settled(frozen) {
            if Instant::now() >= deadline {
                return Err(failed(io::Error::new(io::ErrorKind::TimedOut, "its processes do not stop")));
            }
            freezer.wait_for_a_change(deadline).map_err(|errno| failed(errno.into()))?;
        }
        Ok(true)
    }
}
