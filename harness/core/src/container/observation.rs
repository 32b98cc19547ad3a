//! One look at a standard container, to be shared by every case that only looks.

use crate::container::{ContainerError, Plan};
use crate::terminal::MasterFacts;
use ptyproof_probe::{DeviceNumber, Facts};
use serde::{Deserialize, Serialize};
use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

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
}

impl Observation {
    /// Makes the container, looks, and leaves it to teardown.
    pub fn of(plan: Plan) -> Result<Self, ContainerError> {
        let setup = ContainerError::setup::<io::Error>;
        // A pty of the machine, so that its devpts holds one that could be seen by mistake.
        let pair = crate::terminal::Pair::open()
            .map_err(|errno| setup("opening a pty of", Path::new("/dev/pts"))(io::Error::from_raw_os_error(errno.0)))?;
        let mut created = plan.create()?;
        let terminal = created.take_terminal()?;
        let master = terminal.as_ref().map(|terminal| terminal.facts()).transpose()?;
        let mut container = created.start_with(terminal)?;
        let inside = container.probe.observe()?;
        let pts = Path::new("/dev/pts");
        let entries = fs::read_dir(pts).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(setup("listing", pts))?;
        let host = HostFacts {
            pts_device: DeviceNumber::of(fs::metadata(pts).map_err(setup("looking at", pts))?.dev()),
            pts_entries: entries.iter().map(|entry| entry.file_name().display().to_string()).collect(),
        };
        drop(pair);
        Ok(Self { inside, master, host })
    }
}
