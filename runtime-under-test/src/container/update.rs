//! Changing what a container may use: for engines.

use super::store::Entry;
use super::{ContainerError, Status};
use crate::config::Resources;

/// Changes the limits of a container that has not ended: all of them, or none.
pub fn update(entry: &Entry, resources: &Resources) -> Result<(), ContainerError> {
    match entry.status() {
        Status::Stopped => Err(ContainerError::WrongStatus("update", entry.record.id.clone(), Status::Stopped)),
        _ => entry.record.cgroup.update(resources).map_err(ContainerError::setup),
    }
}
