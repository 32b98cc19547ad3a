//! Holding a container still, and letting it go on: for engines.

use super::store::Entry;
use super::{ContainerError, Status};
use std::time::{Duration, Instant};

/// How long processes may take to stop, or to go on.
const PATIENCE: Duration = Duration::from_secs(10);

/// Freezes all processes of a container that runs. Where they do not stop in time they all go on.
pub fn pause(entry: &Entry) -> Result<(), ContainerError> {
    change(entry, "pause", Status::Running, true)
}

/// Lets the processes of a paused container go on.
pub fn resume(entry: &Entry) -> Result<(), ContainerError> {
    change(entry, "resume", Status::Paused, false)
}

fn change(entry: &Entry, action: &'static str, from: Status, frozen: bool) -> Result<(), ContainerError> {
    let status = entry.status();
    if status != from {
        return Err(ContainerError::WrongStatus(action, entry.record.id.clone(), status));
    }
    let changed = entry.record.cgroup.set_frozen(frozen, Instant::now() + PATIENCE).inspect_err(|_| thaw(entry));
    match changed.map_err(ContainerError::setup)? {
        true => Ok(()),
        false => {
            Err(ContainerError::Usage("the container has no cgroup that can be frozen: give it linux.cgroupsPath"))
        }
    }
}

/// Lets them go on, as far as that can be.
pub(super) fn thaw(entry: &Entry) {
    let _ = entry.record.cgroup.set_frozen(false, Instant::now());
}
