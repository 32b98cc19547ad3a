//! The end of a cgroup: every process in it killed, its directories removed.

use super::{Cgroup, CgroupError};
use crate::syscall::{process::PidFd, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::{errno::Errno, libc, poll::PollFlags, unistd::Pid};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::{collections::HashSet, fs, io, time::Instant};

impl Cgroup {
    /// Sends SIGKILL to every process in the cgroup and those that were made in it; on v2 in one atomic step
    /// (`cgroup.kill`, Linux 5.14). The error names the directory whose processes could not be killed.
    pub fn kill(&self) -> Result<(), CgroupError> {
        for directory in self.directories() {
            if fs::write(directory.join("cgroup.kill"), "1").is_ok() {
                continue;
            }
            for part in with_all_below(directory) {
                let failed = |source| CgroupError::new("kill the processes of", &part, source);
                kill_each(&part).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Removes what [`Cgroup::create`] made, as soon as the last process has gone and at most until `deadline`. What
    /// was there before, and ancestors that others have come to use, stay; what the container has made in its own goes, too.
    /// The error names a directory that still had
    /// processes, or could not be removed. All the others are.
    pub fn remove(&self, deadline: Instant) -> Result<(), CgroupError> {
        if let Some(scope) = &self.scope {
            scope.stop()?;
            for directory in self.directories() {
                let failed = |source| CgroupError::new("remove", directory, source);
                remove_when_empty(directory, deadline).map_err(failed)?;
            }
        }
        let mut result = Ok(());
        for directory in self.created.iter().rev() {
            if !self.directories().contains(&directory.as_path()) {
                // An ancestor: others may have made cgroups in it since.
                remove_unless_used(directory, deadline);
            } else if let Err(source) = remove_when_empty(directory, deadline) {
                result = Err(CgroupError::new("remove", directory, source));
            }
        }
        result
    }

    /// Takes back what a failed creation made; nothing has joined yet.
    pub(super) fn remove_created(&mut self) {
        if let Some(scope) = self.scope.take() {
            let _ = scope.stop();
        }
        for directory in self.created.drain(..).rev() {
            let _ = fs::remove_dir(directory);
        }
        self.places.clear();
    }
}

/// Kills one by one until no process appears that was not killed yet: a process with SIGKILL pending cannot fork any more.
fn kill_each(directory: &Path) -> io::Result<()> {
    let mut killed = HashSet::new();
    loop {
        let mut found_more = false;
        for pid in processes(directory)? {
            if !killed.insert(pid) {
                continue;
            }
            found_more = true;
            match kill(pid, Signal::SIGKILL) {
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        if !found_more {
            return Ok(());
        }
    }
}

/// The directory of a cgroup and of those below, which a container makes that has its cgroup to itself, such as systemd: the
/// deepest first.
fn with_all_below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let below = entries.filter(is_directory).flat_map(|entry| with_all_below(&entry.path()));
    below.chain([directory.to_owned()]).collect()
}

fn remove_when_empty(directory: &Path, deadline: Instant) -> io::Result<()> {
    loop {
        match fs::remove_dir(directory) {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
                for below in fs::read_dir(directory)?.flatten().filter(is_directory) {
                    remove_when_empty(&below.path(), deadline)?;
                }
                wait_for_an_exit(directory, deadline)?;
            }
            Err(_) if !directory.exists() => return Ok(()), // also on a filesystem that is read-only
            result => return result,
        }
    }
}

/// Removes an ancestor in which there is nothing; the kernel may take a moment to see that what was in it is gone.
fn remove_unless_used(directory: &Path, deadline: Instant) {
    while fs::remove_dir(directory).is_err_and(|error| error.raw_os_error() == Some(libc::EBUSY)) {
        let has_cgroups =
            fs::read_dir(directory).is_ok_and(|entries| entries.flatten().any(|entry| is_directory(&entry)));
        let has_processes = processes(directory).is_ok_and(|processes| !processes.is_empty());
        if has_cgroups || has_processes || expired(deadline).is_err() {
            return;
        }
        std::thread::yield_now();
    }
}

pub(super) fn is_directory(entry: &fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_dir())
}

/// Waits until the cgroup may have become empty.
fn wait_for_an_exit(directory: &Path, deadline: Instant) -> io::Result<()> {
    if let Ok(events) = fs::File::open(directory.join("cgroup.events")) {
        // Reading arms the notification, so a change between the reading and the poll is not missed (kernfs).
        if !io::read_to_string(&events)?.contains("populated 1") {
            std::thread::yield_now();
            return expired(deadline);
        }
        return wait(events, PollFlags::POLLPRI, deadline);
    }
    // v1 tells nobody; its processes do.
    match processes(directory)?.first() {
        Some(pid) => match PidFd::open(*pid) {
            Ok(pidfd) => wait(pidfd, PollFlags::POLLIN, deadline),
            Err(Errno::ESRCH) => expired(deadline),
            Err(errno) => Err(errno.into()),
        },
        None => {
            // The last process is on its way out of the kernel.
            std::thread::yield_now();
            expired(deadline)
        }
    }
}

fn expired(deadline: Instant) -> io::Result<()> {
    if Instant::now() < deadline {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "it still has processes"))
}

fn wait(fd: impl AsFd, events: PollFlags, deadline: Instant) -> io::Result<()> {
    expired(deadline)?;
    wait_for(fd, events, deadline).map(drop).map_err(io::Error::from)
}

pub(super) fn processes(directory: &Path) -> io::Result<Vec<Pid>> {
    let text = match fs::read_to_string(directory.join("cgroup.procs")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        result => result?,
    };
    Ok(text.lines().filter_map(|line| line.parse().ok()).map(Pid::from_raw).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::{Driver, Layout};
    use std::{process::Command, time::Duration};

    /// A cgroup `ptyrun-test-NAME` in every hierarchy of this machine, or none, with the reason said.
    fn cgroup(name: &str) -> Option<Cgroup> {
        let id = format!("ptyrun-test-{name}-{}", std::process::id());
        let config = serde_json::json!({
            "ociVersion": "1.2.0", "root": {"path": "."}, "process": {"args": ["true"], "cwd": "/"},
            "linux": {"cgroupsPath": format!("/{id}/deep"), "namespaces": [{"type": "mount"}]}
        });
        let path = std::path::Path::new("config.json");
        let config = crate::config::Config::from_text(path, &config.to_string(), &std::env::temp_dir()).unwrap();
        let notes = tempfile::NamedTempFile::new().unwrap();
        match Cgroup::create(&config, &id, notes.path(), Driver::Cgroupfs) {
            Ok((cgroup, _)) => Some(cgroup),
            Err(error) => {
                eprintln!("SKIPPED {name}: {error} ({:?})", Layout::detect());
                None
            }
        }
    }

    #[test]
    fn what_still_runs_is_killed_and_the_directories_go() {
        let Some(cgroup) = cgroup("kill") else {
            return;
        };
        let directories: Vec<_> = cgroup.directories().into_iter().map(Path::to_owned).collect();
        let mut sleeper = Command::new("sleep").arg("1000").spawn().unwrap();
        cgroup.join(Pid::from_raw(sleeper.id().cast_signed())).unwrap();
        let error = cgroup.remove(Instant::now()).unwrap_err();
        assert!(
            matches!(&error, CgroupError::File { source, .. } if source.kind() == io::ErrorKind::TimedOut),
            "{error}"
        );
        cgroup.kill().unwrap();
        assert!(!sleeper.wait().unwrap().success());
        cgroup.remove(Instant::now() + Duration::from_secs(10)).unwrap();
        for directory in directories {
            assert!(!directory.exists(), "{}", directory.display());
            assert!(!directory.parent().unwrap().exists(), "the ancestor that was made goes too");
        }
    }

    #[test]
    fn what_the_container_made_in_its_cgroup_goes_with_it() {
        let Some(cgroup) = cgroup("below") else {
            return;
        };
        let mut sleeper = Command::new("sleep").arg("1000").spawn().unwrap();
        let mut made = Vec::new();
        for directory in cgroup.directories() {
            let deep = directory.join("system.slice").join("one.service");
            fs::create_dir_all(&deep).unwrap();
            for (file, parent) in [("cpuset.cpus", directory), ("cpuset.mems", directory)] {
                if let Ok(value) = fs::read(parent.join(file)) {
                    let _ = fs::write(deep.parent().unwrap().join(file), &value);
                    let _ = fs::write(deep.join(file), &value);
                }
            }
            fs::write(deep.join("cgroup.procs"), sleeper.id().to_string()).unwrap();
            made.push(directory.to_owned());
        }
        cgroup.kill().unwrap();
        assert!(!sleeper.wait().unwrap().success());
        cgroup.remove(Instant::now() + Duration::from_secs(10)).unwrap();
        assert_eq!(made.into_iter().find(|directory| directory.exists()), None);
    }

    #[test]
    fn removal_waits_for_the_last_process_to_end_by_itself() {
        let Some(cgroup) = cgroup("wait") else {
            return;
        };
        let mut sleeper = Command::new("sleep").arg("0.2").spawn().unwrap();
        cgroup.join(Pid::from_raw(sleeper.id().cast_signed())).unwrap();
        cgroup.remove(Instant::now() + Duration::from_secs(10)).unwrap();
        assert!(sleeper.wait().unwrap().success());
    }
}
