//! One look at a standard container, to be shared by every case that only looks.

use crate::container::{ContainerError, Plan, Workbench};
use crate::terminal::MasterFacts;
use nix::sys::stat::stat;
use ptyproof_probe::{DeviceNumber, Facts, Mount};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What one look at a container found, from inside and from outside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Observation {
    /// What the container's process sees.
    pub inside: Facts,
    /// The master when it came, before the process was started.
    pub master: Option<MasterFacts>,
    /// The machine, while the container runs.
    pub host: HostFacts,
}

/// The machine around a container.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HostFacts {
    /// Device of the machine's `/dev/pts`.
    pub pts_device: DeviceNumber,
    /// Entries of the machine's `/dev/pts`.
    pub pts_entries: Vec<String>,
    /// Mounts of the harness's mount namespace before the container was made.
    pub mounts_before: Vec<Mount>,
    /// The same while it runs.
    pub mounts_during: Vec<Mount>,
}

impl Observation {
    /// Makes the container, looks, and leaves it to teardown.
    pub fn of(bench: &Rc<Workbench>, plan: Plan) -> Result<Self, ContainerError> {
        let mounts_before = mounts();
        // A pty of the machine, so that its devpts holds one that could be seen by mistake.
        let pair = crate::terminal::Pair::open().ok();
        let mut created = plan.create()?;
        let terminal = created.take_terminal()?;
        let master = terminal.as_ref().map(|terminal| terminal.facts()).transpose()?;
        let mut container = created.start_with(terminal)?;
        let inside = container.probe.observe()?;
        let host = HostFacts {
            pts_device: stat("/dev/pts").map(|status| DeviceNumber::of(status.st_dev)).unwrap_or_default(),
            pts_entries: std::fs::read_dir("/dev/pts")
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.file_name().display().to_string())
                .collect(),
            mounts_before,
            mounts_during: mounts(),
        };
        drop(pair);
        debug_assert!(!bench.containers().is_empty());
        Ok(Self { inside, master, host })
    }
}

/// The mounts of the harness's own mount namespace.
pub(crate) fn mounts() -> Vec<Mount> {
    Mount::parse_all(&std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
}
