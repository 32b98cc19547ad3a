//! What a case and its runtime left behind, or changed on the machine.

use super::cgroup_namespace::{HARNESS, is_entered};
use super::device_directory::DeviceDirectory;
use crate::cgroup::{self, HIERARCHY};
use crate::{container::Workbench, deadline::Deadline, mount_table::MountTable, pidfd::pidfd, scheduler::has_ended};
use nix::sys::signal::{Signal, kill};
use nix::{errno::Errno, poll::PollFlags, unistd::Pid};
use std::path::{Path, PathBuf};
use std::{fs, io, time::Duration};

/// How long what is ending may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// What was there before the case.
pub struct Before {
    mounts: MountTable,
    devices: DeviceDirectory,
    containers: PathBuf,
}

/// What a case and its runtime left.
#[derive(Default)]
pub struct Left {
    /// What was made and not removed.
    pub behind: Vec<String>,
    /// What was there before, and is no longer as it was.
    pub changed: Vec<String>,
}

impl Before {
    /// Looks around. `containers` is the directory of the cgroup below which containers get theirs.
    pub fn look(scratch: &Path, containers: &Path) -> io::Result<Self> {
        let (mounts, devices) = (MountTable::look(scratch)?, DeviceDirectory::look()?);
        Ok(Self { mounts, devices, containers: containers.to_owned() })
    }

    /// Deletes the containers, and tells what is then left; an error where that could not be seen.
    pub fn clean(&self, bench: &Workbench) -> io::Result<Left> {
        let mut findings = Vec::new();
        for id in bench.containers() {
            if let Err(error) = bench.remove(&id) {
                findings.push(format!("removing {id}: {error}"));
            }
        }
        let cut_short = bench.cut_short();
        let running = processes()?;
        // A launcher that the harness has killed cannot end what it launched.
        if bench.target.launcher().is_none() || cut_short.is_empty() {
            findings.extend(running);
        }
        findings.extend(
            self.mounts.changes()?.into_iter().map(|change| format!("mount outside of the container: {change}")),
        );
        let cgroups = cgroups(&self.containers, &cut_short)?;
        if !bench.target.launcher().is_some_and(|launcher| launcher.profile.cgroups_stay) {
            findings.extend(cgroups);
        }
        findings.extend(state(&bench.state(), &cut_short)?);
        Ok(Left { behind: findings, changed: self.devices.changes()? })
    }
}

/// Whatever runs in the PID namespace beside its init and this process. It gets time to end.
fn processes() -> io::Result<Vec<String>> {
    let deadline = Deadline::after(GRACE);
    let mut findings = Vec::new();
    for pid in other_processes()? {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if !ends_by(pid, deadline)? {
            findings.push(format!("process {pid} ({}) still runs", name.trim_end().escape_debug()));
            // It may have ended by now; then there is nothing to kill.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            ends_by(pid, Deadline::after(GRACE))?;
        }
    }
    Ok(findings)
}

/// Cgroups that are left: below that of the case's containers, which goes too, and where no other run can make any, of
/// all that there are. Not of containers of which a runtime was killed by the harness.
fn cgroups(containers: &Path, cut_short: &[String]) -> io::Result<Vec<String>> {
    let root = if is_entered()? { Path::new(HIERARCHY) } else { containers };
    let mut left = cgroup::below(root)?;
    left.retain(|path| *path != root.join(HARNESS));
    left.iter().for_each(|path| drop(cgroup::remove(path)));
    cgroup::remove(containers);
    let is_excused = |path: &PathBuf| cut_short.iter().any(|id| path.starts_with(containers.join(id)));
    left.retain(|path| path != containers && !is_excused(path));
    let name = |path: &PathBuf| path.strip_prefix(containers).unwrap_or(path).display().to_string();
    Ok(left.iter().map(|path| format!("cgroup {}", name(path).escape_debug())).collect())
}

/// Entries in the runtime's state directory. Files that serve all containers, such as locks, may stay.
fn state(directory: &Path, cut_short: &[String]) -> io::Result<Vec<String>> {
    let mut left = Vec::new();
    for name in directories(directory)? {
        // Containers are called c and a number; anything else is the runtime's own.
        let is_containers = name.strip_prefix('c').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()));
        if is_containers && !cut_short.contains(&name) {
            left.push(format!("state of container {name}"));
        }
    }
    Ok(left)
}

/// The names of the directories in one that may not be there.
fn directories(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let is_directory = match entry.file_type() {
            // A process that has ended meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            kind => kind?.is_dir(),
        };
        if is_directory {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn other_processes() -> io::Result<Vec<i32>> {
    let own = nix::unistd::getpid().as_raw();
    let pids = directories(Path::new("/proc"))?.into_iter().filter_map(|name| name.parse().ok());
    Ok(pids.filter(|&pid| pid != 1 && pid != own).collect())
}

fn ends_by(pid: i32, deadline: Deadline) -> io::Result<bool> {
    match pidfd(pid) {
        Ok(end) => Ok(deadline.wait_for(end, PollFlags::POLLIN)?),
        // EINVAL where it has left /proc and its number is not free yet.
        Err(Errno::ESRCH | Errno::EINVAL) => Ok(true),
        // Before Linux 5.3 nobody is told of the end of another's child, so this looks again and again.
        Err(Errno::ENOSYS) => {
            while !has_ended(pid)? {
                if deadline.is_over() {
                    return Ok(false);
                }
                std::thread::yield_now();
            }
            Ok(true)
        }
        Err(errno) => Err(errno.into()),
    }
}
