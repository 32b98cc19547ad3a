//! Holding all processes of a cgroup still. cgroup-v2.rst, cgroup.freeze

use crate::cgroup::{self, await_event, in_hierarchy};
use crate::container::{ContainerError, Lifecycle, Workbench};
use crate::deadline::Deadline;
use std::fs;
use std::path::PathBuf;

/// A frozen cgroup. Dropped, its processes go on; one that the harness has made is removed with
/// all that is in it.
#[derive(Debug)]
pub struct Frozen {
    path: PathBuf,
    made: bool,
}

impl Lifecycle {
    /// Freezes the container's cgroup, and waits until all its processes are held still.
    pub fn freeze(&self) -> Result<Frozen, ContainerError> {
        // Not by the PID file: a runtime in the foreground may write it after the process has begun.
        let own = self.bench().cgroup_of(self.id()).ok_or(ContainerError::NoFreezer)?;
        // Where the runtime has put the container elsewhere, there is nobody.
        if !fs::read_to_string(in_hierarchy(&own).join("cgroup.events"))
            .is_ok_and(|events| events.contains("populated 1"))
        {
            return Err(ContainerError::NoFreezer);
        }
        Frozen::at(&own, self.bench(), false)
    }
}

impl Workbench {
    /// A new cgroup, frozen, and its path as `linux.cgroupsPath` has it.
    pub fn frozen_cgroup(&self) -> Result<(Frozen, String), ContainerError> {
        let own = self.cgroup_of(&format!("f{}", self.number())).ok_or(ContainerError::NoFreezer)?;
        let path = in_hierarchy(&own);
        fs::create_dir_all(&path).map_err(ContainerError::setup("making", &path))?;
        Ok((Frozen::at(&own, self, true)?, own))
    }
}

impl Frozen {
    fn at(own: &str, bench: &Workbench, made: bool) -> Result<Self, ContainerError> {
        let frozen = Self { path: in_hierarchy(own), made };
        if !frozen.path.join("cgroup.freeze").exists() {
            return Err(ContainerError::NoFreezer);
        }
        frozen.set("1")?;
        await_event(&frozen.path, "frozen 1", Deadline::after(bench.patience));
        Ok(frozen)
    }

    fn set(&self, value: &str) -> Result<(), ContainerError> {
        let file = self.path.join("cgroup.freeze");
        fs::write(&file, value).map_err(ContainerError::setup("writing", &file))
    }

    /// Its processes, seen from outside.
    pub fn processes(&self) -> Result<Vec<i32>, ContainerError> {
        let file = self.path.join("cgroup.procs");
        let text = fs::read_to_string(&file).map_err(ContainerError::setup("reading", &file))?;
        Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
    }

    /// Its processes go on.
    pub fn thaw(&self) -> Result<(), ContainerError> {
        self.set("0")
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.thaw();
        if self.made {
            cgroup::remove(&self.path);
        }
    }
}
