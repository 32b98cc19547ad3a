//! Two running containers, and a terminal of the host beside them.

use crate::prelude::*;
use ptyproof_harness::terminal::{Pair, Terminal};
use std::io::{Read, Write};
use std::{fs::File, os::fd::OwnedFd, os::unix::fs::MetadataExt};

/// Two running containers, and a terminal of the host beside them.
pub(super) struct Neighbourhood {
    pub left: Side,
    pub right: Side,
    pub host: HostSide,
}

impl Neighbourhood {
    /// Starts both containers, after the host has its terminal.
    pub fn settle(t: &Trial) -> Result<Self, Stop> {
        Ok(Self { host: HostSide::open(t)?, left: Side::start(t)?, right: Side::start(t)? })
    }
}

/// One of two containers.
pub(super) struct Side {
    pub container: Container,
    /// What the container calls its terminal.
    pub name: String,
    status: FileStatus,
}

impl Side {
    fn start(t: &Trial) -> Result<Self, Stop> {
        let mut container = t.container()?.start()?;
        let seen = container.probe.observe()?;
        let terminal = seen.descriptor(0).ok_or_else(|| Stop::fail("descriptor 0", "open", "closed"))?;
        Ok(Self { container, name: terminal.link.clone(), status: terminal.status.clone() })
    }

    /// Device that holds its terminal.
    pub fn device(&self) -> DeviceNumber {
        self.status.device
    }

    /// Opens a terminal by the name that somebody else has for theirs; `None` where no file has that name.
    pub fn open(&mut self, name: &str) -> Result<Option<i32>, Stop> {
        match self.container.probe.open_terminal(name)? {
            Ok(opened) => Ok(Some(opened.descriptor)),
            Err(Errno::ENOENT) => Ok(None),
            Err(errno) => Err(Stop::fail(
                format!("opening {name} in a container"),
                "its own terminal of that name, or ENOENT",
                errno.to_string(),
            )),
        }
    }
}

/// A terminal of the host.
pub(super) struct HostSide {
    pub terminal: Terminal,
    /// What the host calls it.
    pub name: String,
    slave: File,
}

impl HostSide {
    fn open(t: &Trial) -> Result<Self, Stop> {
        let Pair { master, slave } =
            Pair::open().map_err(|errno| Stop::Error(format!("a pty of the host: {errno}")))?;
        let terminal = t.bench().terminal("a terminal of the host", master)?;
        let name = format!("/dev/pts/{}", terminal.facts()?.number);
        Ok(Self { terminal, name, slave: File::from(OwnedFd::from(slave)) })
    }

    /// Device that holds it.
    pub fn device(&self) -> DeviceNumber {
        DeviceNumber::of(self.slave.metadata().map(|status| status.dev()).unwrap_or(0))
    }

    /// A program of the host prints.
    pub fn prints(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let printed = self.slave.write_all(bytes);
        printed.map_err(|error| Stop::Error(format!("printing on the host's terminal: {error}")))
    }

    /// A program of the host reads a line, which was typed and echoed before.
    pub fn reads(&mut self) -> Result<Vec<u8>, Stop> {
        let mut line = vec![0; 4096];
        let count = self
            .slave
            .read(&mut line)
            .map_err(|error| Stop::Error(format!("reading from the host's terminal: {error}")))?;
        line.truncate(count);
        Ok(line)
    }
}
