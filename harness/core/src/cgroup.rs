//! Cgroups that containers of a run got, and their removal. cgroups(7).

use crate::{deadline::Deadline, mount_table::mounts};
use nix::libc::{ENODEV, ENOENT};
use nix::poll::{PollFd, PollFlags, poll};
use std::io::{self, Read, Seek, Write};
use std::os::{fd::AsFd, unix::process::CommandExt};
use std::path::{Path, PathBuf};
use std::{fs, process::Command, time::Duration};

/// Where the hierarchy lies.
pub const HIERARCHY: &str = "/sys/fs/cgroup";

/// How long killed processes may take to leave their cgroup.
const GRACE: Duration = Duration::from_secs(2);

/// Where the cgroup is that `linux.cgroupsPath` calls so.
pub(crate) fn in_hierarchy(own: &str) -> PathBuf {
    Path::new(HIERARCHY).join(own.trim_start_matches('/'))
}

/// Makes a cgroup, called as in `linux.cgroupsPath`, that `command` is to begin in; nothing where there is no hierarchy of
/// version 2 to make it in.
pub(crate) fn begin_in(own: &str, command: &mut Command) -> io::Result<()> {
    if !Path::new(HIERARCHY).join("cgroup.controllers").exists() {
        return Ok(());
    }
    let cgroup = in_hierarchy(own);
    match fs::create_dir_all(&cgroup) {
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => return Ok(()),
        made => made?,
    }
    let processes = fs::File::options().write(true).open(cgroup.join("cgroup.procs"))?;
    // SAFETY: write(2) is async-signal-safe, and the descriptor is the closure's.
    unsafe { command.pre_exec(move || (&processes).write_all(b"0")) };
    Ok(())
}

/// Removes every cgroup whose name begins with `name`, in all hierarchies that are mounted here. What is left,
/// if anything; an error where that cannot be seen.
pub fn remove_all(name: &str) -> io::Result<Vec<PathBuf>> {
    let bears_name = |path: &PathBuf| path.file_name().is_some_and(|found| found.to_string_lossy().starts_with(name));
    let mut left = Vec::new();
    for mount in mounts()?.values().filter(|mount| ["cgroup", "cgroup2"].contains(&mount.filesystem.as_str())) {
        let inside = match directories(Path::new(&mount.point)) {
            // Who may not look there has made nothing there either.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => continue,
            inside => inside?,
        };
        left.extend(inside.iter().filter(|path| bears_name(path)).flat_map(|path| remove(path)));
    }
    Ok(left)
}

/// Kills what is in a cgroup, and removes it with all below. What is left of it, if anything.
pub fn remove(path: &Path) -> Vec<PathBuf> {
    // Only cgroup2 since Linux 5.14 has the file; elsewhere the processes were killed by other means.
    if fs::write(path.join("cgroup.kill"), "1").is_ok() {
        await_event(path, "populated 0", Deadline::after(GRACE));
    }
    remove_tree(path)
}

/// Waits until `cgroup.events` has this line: it gets an exceptional condition whenever one changes. cgroup-v2.rst.
pub(crate) fn await_event(path: &Path, event: &str, deadline: Deadline) {
    let Ok(mut events) = fs::File::open(path.join("cgroup.events")) else {
        return;
    };
    loop {
        let mut text = String::new();
        let read = events.rewind().and_then(|()| events.read_to_string(&mut text));
        if read.is_err() || text.lines().any(|line| line == event) || deadline.is_over() {
            return;
        }
        let mut watched = [PollFd::new(events.as_fd(), PollFlags::POLLPRI)];
        // Interrupted or not, the file is looked at again.
        let _ = poll(&mut watched, deadline.poll_timeout());
    }
}

fn remove_tree(path: &Path) -> Vec<PathBuf> {
    // What cannot be listed cannot be removed either, which the last line tells.
    let below = directories(path).unwrap_or_default();
    let mut left: Vec<PathBuf> = below.iter().flat_map(|below| remove_tree(below)).collect();
    if path.exists() && fs::remove_dir(path).is_err() {
        left.push(path.to_owned());
    }
    left
}

/// The cgroups below one, all levels.
pub fn below(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for directory in directories(path)? {
        all.extend(below(&directory)?);
        all.push(directory);
    }
    Ok(all)
}

/// The cgroups in one. None where it is gone.
fn directories(path: &Path) -> io::Result<Vec<PathBuf>> {
    let listed = fs::read_dir(path).and_then(|entries| {
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                found.push(entry.path());
            }
        }
        Ok(found)
    });
    match listed {
        Err(error) if matches!(error.raw_os_error(), Some(ENOENT | ENODEV)) => Ok(Vec::new()),
        listed => listed,
    }
}
