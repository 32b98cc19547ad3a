//! What a worker finds when it looks at its own surroundings, for those who ask why nothing runs.

use crate::{case::Machine, target::Requirement};
use nix::fcntl::{OFlag, open};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::Mode;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What workers on this machine can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examination {
    /// Mounting a devpts of their own and opening a pty there; if not, why not.
    pub devpts: Result<(), String>,
    /// Seeing one cgroup2 hierarchy at `/sys/fs/cgroup`, which all runtimes accept.
    pub cgroup2: bool,
}

impl Examination {
    /// What of `requirement` is not there.
    pub(super) fn lacks(&self, requirement: Requirement, machine: Machine) -> Option<String> {
        let (is_there, what) = match requirement {
            Requirement::Root => (machine.root, "root of the machine"),
            Requirement::ManyIds => (machine.many_ids, "more than one user and group id"),
            Requirement::Cgroup2 => (self.cgroup2, "a cgroup2 hierarchy at /sys/fs/cgroup"),
            Requirement::Devpts => return self.devpts.clone().err(),
        };
        (!is_there).then(|| what.to_owned())
    }

    /// To be made in a worker, whose mounts nobody else sees. `scratch` is an empty filesystem of its own.
    pub(super) fn make(scratch: &Path) -> Self {
        Self { devpts: devpts(&scratch.join("pts")), cgroup2: Path::new("/sys/fs/cgroup/cgroup.controllers").exists() }
    }
}

fn devpts(point: &Path) -> Result<(), String> {
    std::fs::create_dir(point).map_err(|error| format!("making a directory: {error}"))?;
    let options = "newinstance,ptmxmode=0666,mode=0620";
    let (kind, flags) = (Some("devpts"), MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC);
    mount(kind, point, kind, flags, Some(options)).map_err(|errno| format!("mounting devpts: {errno}"))?;
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    open(&point.join("ptmx"), flags, Mode::empty())
        .map(drop)
        .map_err(|errno| format!("opening ptmx of a new devpts: {errno}"))
}
