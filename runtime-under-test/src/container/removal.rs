//! What happens to a container after it was made: start, signals, removal.

use super::store::{Entry, Remains};
use super::{ContainerError, Status, gate, gate::Refusal, members, own_cgroup, pause};
use crate::config::{Config, NamespaceKind};
use crate::syscall::{process::PidFd, wait_for};
use crate::{cgroup::Freezer, hooks, steps::Steps};
use nix::{errno::Errno, poll::PollFlags, sys::signal::Signal};
use std::time::{Duration, Instant};

/// How long a killed process may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets the program of a created container run. Gives what the poststart hooks complain about, for the log.
pub fn start(entry: &Entry) -> Result<Vec<String>, ContainerError> {
    require(entry, "start", &[Status::Created])?;
    if Freezer::of(&entry.record.cgroup).is_frozen() {
        return Err(ContainerError::Frozen(entry.record.id.clone()));
    }
    match gate::open_gate(entry.path())? {
        None => {
            let hooks = entry.config()?.hooks.poststart;
            Ok(hooks::run_all(&hooks, || entry.record.state_for_hooks("running"), &entry.record.bundle))
        }
        Some(Refusal::Said(why)) => Err(ContainerError::Setup(why)),
        Some(Refusal::Stuck(failure)) => Err(ContainerError::Setup(failure.of(&entry.config()?.process))),
    }
}

/// Sends signal number `signal` to the container's process, or to `all` of its processes.
pub fn kill(steps: &Steps, entry: &Entry, signal: i32, all: bool) -> Result<(), ContainerError> {
    let gone = || ContainerError::WrongStatus("kill", entry.record.id.clone(), Status::Stopped);
    // Who ends the first process of a container means all of it, and without a pid namespace of its own nobody else ends the rest.
    let all = all || signal == Signal::SIGKILL as i32 && !has_own_pids(entry);
    let members = match (entry.record.init.hold(), all) {
        (Some(process), false) => vec![(entry.record.init.pid, process)],
        (Some(_), true) => members::of(&entry.record)?,
        // Without a pid namespace of its own, others may live on in its cgroup.
        (None, true) if !entry.record.cgroup.directories().is_empty() => members::in_cgroup(&entry.record.cgroup)?,
        (None, _) => return Err(gone()),
    };
    for (_, member) in members {
        match (steps.send)(&member, signal) {
            Err(Errno::ESRCH) if all => {}
            Err(Errno::ESRCH) => return Err(gone()),
            sent => sent.map_err(ContainerError::call(format!("sending signal {signal}")))?,
        }
    }
    Ok(())
}

/// A config that cannot be read any more tells nothing else.
fn has_own_pids(entry: &Entry) -> bool {
    let is_own =
        |config: Config| config.namespace(NamespaceKind::Pid).is_some_and(|namespace| namespace.path.is_none());
    entry.config().map_or(true, is_own)
}

/// Removes a container with everything that belongs to it. One whose program runs only by `force`.
///
/// Gives what the poststop hooks complain about, for the log.
pub fn delete(steps: &Steps, entry: Entry, force: bool) -> Result<Vec<String>, ContainerError> {
    if !force {
        require(&entry, "delete", &[Status::Created, Status::Stopped])?;
    }
    let paused = entry.status() == Status::Paused;
    end(steps, entry.record.init.hold(), || {
        if paused {
            pause::thaw(&entry); // on v1 even SIGKILL waits for that, and then comes first
        }
    })?;
    own_cgroup::remove(&entry.record.cgroup)?;
    let (config, record) = (entry.config(), entry.record.clone());
    entry.remove()?;
    // A container whose config cannot be read any more has no hooks that could be run.
    let hooks = config.map(|config| config.hooks.poststop).unwrap_or_default();
    Ok(hooks::run_all(&hooks, || record.state_for_hooks("stopped"), &record.bundle))
}

/// Removes what is left of a container that has no record, or none that can be read.
pub fn clear(steps: &Steps, remains: Remains) -> Result<(), ContainerError> {
    end(steps, remains.process(), || {})?;
    own_cgroup::remove(&remains.cgroup())?;
    remains.remove()
}

fn require(entry: &Entry, action: &'static str, allowed: &[Status]) -> Result<(), ContainerError> {
    match entry.status() {
        status if allowed.contains(&status) => Ok(()),
        status => Err(ContainerError::WrongStatus(action, entry.record.id.clone(), status)),
    }
}

/// Ends a process, and with it, if it is the first of a pid namespace, all others in there.
fn end(steps: &Steps, process: Option<PidFd>, once_told: impl FnOnce()) -> Result<(), ContainerError> {
    let Some(process) = process else { return Ok(()) };
    (steps.end_process)(&process);
    once_told();
    match wait_for(process, PollFlags::POLLIN, Instant::now() + PATIENCE) {
        Ok(true) => Ok(()),
        Ok(false) => Err(ContainerError::Setup("the container's process was killed and does not end".into())),
        Err(errno) => Err(ContainerError::call("waiting for the container's process")(errno)),
    }
}
