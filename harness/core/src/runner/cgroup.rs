//! Cgroups that containers of a run got, and their removal. cgroups(7).

use crate::deadline::Deadline;
use nix::poll::{PollFd, PollFlags, poll};
use ptyproof_probe::Mount;
use std::fs;
use std::io::{Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long killed processes may take to leave their cgroup.
const GRACE: Duration = Duration::from_secs(2);

/// Removes every cgroup whose name begins with `name`, in all hierarchies that are mounted here. What is left,
/// if anything.
pub fn remove_all(name: &str) -> Vec<PathBuf> {
    let bears_name = |path: &PathBuf| path.file_name().is_some_and(|found| found.to_string_lossy().starts_with(name));
    mounted()
        .iter()
        .flat_map(|mount| directories(Path::new(mount)))
        .filter(bears_name)
        .flat_map(|path| remove(&path))
        .collect()
}

/// Kills what is in a cgroup, and removes it with all below. What is left of it, if anything.
pub fn remove(path: &Path) -> Vec<PathBuf> {
    // Only cgroup2 since Linux 5.14 has the file; elsewhere the processes were killed by other means.
    if fs::write(path.join("cgroup.kill"), "1").is_ok() {
        await_emptiness(path, Deadline::after(GRACE));
    }
    remove_tree(path)
}

/// `cgroup.events` gets an exceptional condition whenever `populated` changes. cgroup-v2.rst.
fn await_emptiness(path: &Path, deadline: Deadline) {
    let Ok(mut events) = fs::File::open(path.join("cgroup.events")) else {
        return;
    };
    loop {
        let mut text = String::new();
        let read = events.rewind().and_then(|()| events.read_to_string(&mut text));
        if read.is_err() || text.lines().any(|line| line == "populated 0") || deadline.is_over() {
            return;
        }
        let mut watched = [PollFd::new(events.as_fd(), PollFlags::POLLPRI)];
        // Interrupted or not, the file is looked at again.
        let _ = poll(&mut watched, deadline.poll_timeout());
    }
}

fn remove_tree(path: &Path) -> Vec<PathBuf> {
    let mut left: Vec<PathBuf> = directories(path).iter().flat_map(|below| remove_tree(below)).collect();
    if path.exists() && fs::remove_dir(path).is_err() {
        left.push(path.to_owned());
    }
    left
}

/// The cgroups below one, all levels.
pub fn below(path: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for directory in directories(path) {
        all.extend(below(&directory));
        all.push(directory);
    }
    all
}

fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}

fn mounted() -> Vec<String> {
    Mount::parse_all(&fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
        .into_iter()
        .filter(|mount| mount.filesystem == "cgroup2" || mount.filesystem == "cgroup")
        .map(|mount| mount.point)
        .collect()
}
