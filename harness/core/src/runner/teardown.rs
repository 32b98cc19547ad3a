//! What a case and its runtime left behind.

use super::cgroup;
use crate::container::{Workbench, mounts};
use crate::deadline::Deadline;
use crate::pidfd::pidfd;
use nix::poll::PollFlags;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use ptyproof_probe::Mount;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long what is ending may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// What was there before the case.
pub struct Before {
    mounts: Vec<Mount>,
    cgroup: PathBuf,
}

impl Before {
    /// Looks around. `cgroup` is the directory below which containers get theirs.
    pub fn look(cgroup: &Path) -> Self {
        Self { mounts: mounts(), cgroup: cgroup.to_owned() }
    }

    /// Deletes the containers, and tells what is then left.
    pub fn clean(&self, bench: &Workbench) -> Vec<String> {
        let mut findings = Vec::new();
        for id in bench.containers() {
            match bench.call("delete", &["--force", &id]) {
                // A runtime may say that there is no such container any more; what counts is what is left.
                Ok(_) => {}
                Err(error) => findings.push(format!("delete --force {id}: {error}")),
            }
        }
        findings.extend(self.processes());
        findings.extend(self.left_mounts());
        findings.extend(cgroups(&self.cgroup));
        findings.extend(state(&bench.state()));
        findings
    }

    /// Whatever runs in the PID namespace beside its init and this process. It gets time to end.
    fn processes(&self) -> Vec<String> {
        let deadline = Deadline::after(GRACE);
        let mut findings = Vec::new();
        for pid in other_processes() {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            if !ends_by(pid, deadline) {
                findings.push(format!("process {pid} ({}) still runs", name.trim_end().escape_debug()));
                // It may have ended by now; then there is nothing to kill.
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
                ends_by(pid, Deadline::after(GRACE));
            }
        }
        findings
    }

    fn left_mounts(&self) -> Vec<String> {
        let after = mounts();
        let new = after.iter().filter(|mount| !self.mounts.contains(mount));
        new.map(|mount| format!("mount of {} at {}", mount.filesystem.escape_debug(), mount.point.escape_debug()))
            .collect()
    }
}

/// Cgroups that are left below the case's own, which goes too.
fn cgroups(own: &Path) -> Vec<String> {
    let left = cgroup::below(own);
    let findings = left.iter().map(|path| {
        let name = path.strip_prefix(own).unwrap_or(path).display().to_string();
        format!("cgroup {}", name.escape_debug())
    });
    let findings = findings.collect();
    cgroup::remove(own);
    findings
}

/// Entries in the runtime's state directory. Files that serve all containers, such as locks, may stay.
fn state(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let left = entries.filter(|entry| {
        let name = entry.file_name();
        entry.file_type().is_ok_and(|kind| kind.is_dir()) && name.to_string_lossy().starts_with('c')
    });
    left.filter(|entry| {
        // Containers are called c and a number; anything else is the runtime's own.
        entry.file_name().to_string_lossy()[1..].chars().all(|c| c.is_ascii_digit())
    })
    .map(|entry| format!("state of container {}", entry.file_name().display()))
    .collect()
}

fn other_processes() -> Vec<i32> {
    let own = nix::unistd::getpid().as_raw();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(|&pid| pid != 1 && pid != own).collect()
}

fn ends_by(pid: i32, deadline: Deadline) -> bool {
    match pidfd(pid) {
        Ok(end) => deadline.wait_for(end, PollFlags::POLLIN) == Ok(true),
        Err(_) => true,
    }
}
