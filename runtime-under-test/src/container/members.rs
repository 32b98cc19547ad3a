//! Every process of a container, for `kill --all` and `ps`.

use super::store::Entry;
use super::{ContainerError, Record};
use crate::{cgroup::Cgroup, syscall::process::PidFd};
use nix::unistd::Pid;
use std::{fs, path::PathBuf};

/// A process: its number, and itself.
type Member = (i32, PidFd);

/// The processes of a container that runs: those of its pid namespace (a nested one's are not among them), or, where it
/// has none of its own, those of its cgroup.
pub(super) fn of(record: &Record) -> Result<Vec<Member>, ContainerError> {
    let namespace = pid_namespace(record.init.pid);
    if namespace.is_some() && namespace != pid_namespace(Pid::this().as_raw()) {
        let processes = fs::read_dir("/proc").map_err(ContainerError::file("listing", "/proc"))?;
        let names = processes.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let pids = names.filter_map(|name| name.parse().ok());
        // Held first and looked at then: the number could change hands in between.
        let held = pids.filter_map(|pid| Some((pid, PidFd::open(Pid::from_raw(pid)).ok()?)));
        return Ok(held.filter(|(pid, _)| pid_namespace(*pid) == namespace).collect());
    }
    if record.cgroup.directories().is_empty() {
        return Err(ContainerError::Usage(
            "kill --all: the container has neither a pid namespace nor a cgroup of its own",
        ));
    }
    in_cgroup(&record.cgroup)
}

/// The processes in a cgroup.
pub(super) fn in_cgroup(cgroup: &Cgroup) -> Result<Vec<Member>, ContainerError> {
    let mut members = Vec::new();
    for directory in cgroup.directories() {
        let file = directory.join("cgroup.procs");
        let text = fs::read_to_string(&file).map_err(ContainerError::file("reading", &file))?;
        let pids = text.lines().filter_map(|line| line.parse().ok());
        members.extend(pids.filter_map(|pid| Some((pid, PidFd::open(Pid::from_raw(pid)).ok()?))));
    }
    Ok(members)
}

/// The numbers of all processes of a container, as ptyrun sees them.
pub fn processes(entry: &Entry) -> Result<Vec<i32>, ContainerError> {
    let mut numbers: Vec<_> = match entry.record.init.hold() {
        Some(_) => of(&entry.record)?,
        None => in_cgroup(&entry.record.cgroup)?, // without a pid namespace of its own some may be left
    }
    .into_iter()
    .map(|(number, _)| number)
    .collect();
    numbers.sort_unstable();
    numbers.dedup(); // a cgroup of v1 is a directory for each controller
    Ok(numbers)
}

fn pid_namespace(pid: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/ns/pid")).ok()
}
