//! Whether a cgroup is frozen: what is born in one, or moved there, does not run, and whoever waits for it waits for ever.

use super::Cgroup;
use std::io::{Read, Seek};
use std::os::fd::{AsFd, BorrowedFd};
use std::{fs::File, path::PathBuf};

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
        let thawed = |state: &PathBuf| std::fs::read(state).map_or(true, |text| text == b"THAWED\n");
        self.events.iter().any(frozen) || !self.states.iter().all(thawed)
    }

    /// What has an exceptional condition when that has changed.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.events.iter().map(AsFd::as_fd)
    }
}
