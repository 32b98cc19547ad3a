//! The cgroup of a container in the making.

use super::{ContainerError, ContainerId};
use crate::cgroup::{Cgroup, Driver, Placeholder};
use crate::config::Config;
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
pub(super) struct OwnCgroup {
    cgroup: Cgroup,
    placeholder: Option<Placeholder>,
}

impl OwnCgroup {
    pub(super) fn create(
        config: &Config,
        id: &ContainerId,
        notes: &Path,
        driver: Driver,
    ) -> Result<OwnCgroup, ContainerError> {
        let created = Cgroup::create(config, id.as_str(), notes, driver).map_err(ContainerError::setup)?;
        Ok(OwnCgroup { cgroup: created.0, placeholder: created.1 })
    }

    /// The container's process is in it.
    pub(super) fn is_inhabited(&mut self) {
        self.placeholder = None;
    }

    pub(super) fn as_ref(&self) -> &Cgroup {
        &self.cgroup
    }

    /// From here on it stays.
    pub(super) fn keep(&mut self) -> Cgroup {
        mem::take(&mut self.cgroup)
    }
}

impl Drop for OwnCgroup {
    fn drop(&mut self) {
        self.placeholder = None;
        let _ = remove(&self.cgroup);
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
    if cgroup.created().is_empty() && !cgroup.is_scope() {
        return Ok(());
    }
    if cgroup.is_scope() || cgroup.directories().iter().all(made) {
        cgroup.kill().map_err(ContainerError::setup)?;
    }
    cgroup.remove(Instant::now() + PATIENCE).map_err(ContainerError::setup)
}
