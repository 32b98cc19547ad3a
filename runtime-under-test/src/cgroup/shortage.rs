//! When a container has run out of memory: the kernel has killed one of its processes, or holds them.

use super::{Cgroup, CgroupError, place::Place};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::{errno::Errno, poll::PollFlags};
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Tells of it.
#[derive(Debug)]
pub enum Shortage {
    /// v1: the kernel counts up (Documentation/admin-guide/cgroup-v1/memory.rst, "OOM Control").
    Counter(EventFd),
    /// v2: `memory.events`, and how many were killed when it was read last (cgroup-v2.rst).
    Killed(File, u64),
}

impl Cgroup {
    /// Watches out from here on. None where the container's memory is not limited by a cgroup of its own.
    pub fn watch_shortage(&self) -> Result<Option<Shortage>, CgroupError> {
        if let Some(place) = self.places.iter().find(|place| place.has_v1("memory")) {
            return Shortage::by_counter(place).map(Some);
        }
        let events = self
            .places
            .iter()
            .filter(|place| place.is_v2())
            .find_map(|place| File::open(place.directory.join("memory.events")).ok());
        Ok(events.map(|mut events| {
            let killed = killed(&mut events);
            Shortage::Killed(events, killed)
        }))
    }
}

impl Shortage {
    fn by_counter(place: &Place) -> Result<Shortage, CgroupError> {
        let control = place.directory.join("memory.oom_control");
        let failed = |source| CgroupError::new("watch", &control, source);
        let file = File::open(&control).map_err(failed)?;
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let counter = EventFd::from_flags(flags).map_err(|errno| failed(errno.into()))?;
        let line = format!("{} {}", counter.as_raw_fd(), file.as_raw_fd());
        fs::write(place.directory.join("cgroup.event_control"), line).map_err(failed)?;
        Ok(Shortage::Counter(counter))
    }

    /// What to wait for, and with which event.
    pub fn descriptor(&self) -> (BorrowedFd<'_>, PollFlags) {
        match self {
            Shortage::Counter(counter) => (counter.as_fd(), PollFlags::POLLIN),
            Shortage::Killed(events, _) => (events.as_fd(), PollFlags::POLLPRI),
        }
    }

    /// Whether it has come to that since this was asked last.
    pub fn has_come(&mut self) -> bool {
        match self {
            Shortage::Counter(counter) => !matches!(counter.read(), Err(Errno::EAGAIN)),
            Shortage::Killed(events, before) => {
                let now = killed(events);
                std::mem::replace(before, now) != now
            }
        }
    }
}

/// Reading arms the notification.
fn killed(events: &mut File) -> u64 {
    let mut text = String::new();
    let _ = events.rewind().and_then(|()| events.read_to_string(&mut text)); // gone with its cgroup: nothing any more
    let count = text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok());
    count.unwrap_or_default()
}
