//! The cgroup of a container in the making.

use super::{ContainerError, ContainerId};
use crate::{cgroup::Cgroup, config::Config};
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::sys::statfs::{CGROUP2_SUPER_MAGIC, fstatfs};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{mem, os::fd::OwnedFd};

/// How long the last process of a cgroup may take to be gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// A cgroup that is removed again when this is dropped before [`OwnCgroup::keep`].
#[derive(Debug)]
pub(super) struct OwnCgroup(Cgroup);

impl OwnCgroup {
    pub(super) fn create(config: &Config, id: &ContainerId, notes: &Path) -> Result<OwnCgroup, ContainerError> {
        Cgroup::create(config, id.as_str(), notes).map(OwnCgroup).map_err(ContainerError::setup)
    }

    pub(super) fn as_ref(&self) -> &Cgroup {
        &self.0
    }

    /// From here on it stays.
    pub(super) fn keep(&mut self) -> Cgroup {
        mem::take(&mut self.0)
    }
}

impl Drop for OwnCgroup {
    fn drop(&mut self) {
        let _ = remove(&self.0);
    }
}

/// The directory that clone3 can put a process into right away, where one hierarchy of version 2 is all there is. Moving a
/// process afterwards makes the kernel wait for a grace period, several milliseconds.
pub(crate) fn birthplace(cgroup: &Cgroup) -> Result<Option<OwnedFd>, ContainerError> {
    let directories = cgroup.directories();
    let [directory] = directories[..] else {
        return Ok(None);
    };
    let failed = || ContainerError::call(format!("opening the cgroup {}", directory.display()));
    let fd =
        open(directory, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed())?;
    let version_2 = fstatfs(&fd).map_err(failed())?.filesystem_type() == CGROUP2_SUPER_MAGIC;
    Ok(version_2.then_some(fd))
}

/// Removes what was made of `cgroup`, and ends whatever still runs there (with a pid namespace of its own the container
/// has left nothing). In a cgroup that was there before, others may run, so nothing is ended.
pub(super) fn remove(cgroup: &Cgroup) -> Result<(), ContainerError> {
    let made = |directory: &&Path| cgroup.created().iter().any(|created| created == directory);
    if cgroup.created().is_empty() {
        return Ok(());
    }
    if cgroup.directories().iter().all(made) {
        cgroup.kill().map_err(ContainerError::setup)?;
    }
    cgroup.remove(Instant::now() + PATIENCE).map_err(ContainerError::setup)
}
