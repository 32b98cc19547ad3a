//! Devpts instances, and other mounts, of a case's own.

use crate::prelude::*;
use nix::mount::{MntFlags, MsFlags, umount2};

/// What is mounted on a path. It is unmounted with this value, whatever still uses it.
pub struct Mounted {
    point: String,
}

impl Mounted {
    /// Mounts a devpts instance on a directory.
    pub fn devpts(actor: &mut Actor, point: &str, options: &str) -> Result<Self, Stop> {
        actor.mount("devpts", point, "devpts", 0, options)?;
        Ok(Self::at(point))
    }

    /// Binds a file or directory on another.
    pub fn bind(actor: &mut Actor, source: &str, point: &str) -> Result<Self, Stop> {
        actor.mount(source, point, "", MsFlags::MS_BIND.bits(), "")?;
        Ok(Self::at(point))
    }

    /// Takes care of what somebody has mounted on a path already.
    pub fn at(point: &str) -> Self {
        Self { point: point.to_owned() }
    }
}

impl Drop for Mounted {
    /// The case may have unmounted it itself, or mounted something over it.
    fn drop(&mut self) {
        while umount2(self.point.as_str(), MntFlags::MNT_DETACH).is_ok() {}
    }
}

/// A devpts instance of the case's own, mounted at `pts` in a directory with nothing else in it.
pub struct Instance {
    directory: String,
    _mounted: Mounted,
}

impl Instance {
    /// Mounts one with these options.
    pub fn mount(t: &Trial, actor: &mut Actor, options: &str) -> Result<Self, Stop> {
        let directory = t.directory()?.display().to_string();
        let point = format!("{directory}/pts");
        actor.make_directory(&point)?;
        Ok(Self { _mounted: Mounted::devpts(actor, &point, options)?, directory })
    }

    /// A process, and one that it mounts with these options.
    pub fn with_actor(t: &Trial, options: &str) -> Result<(Actor, Self), Stop> {
        let mut actor = t.actor()?;
        let instance = Self::mount(t, &mut actor, options)?;
        Ok((actor, instance))
    }

    /// A path beside the mount.
    pub fn beside(&self, name: &str) -> String {
        format!("{}/{name}", self.directory)
    }

    /// Where it is mounted.
    pub fn point(&self) -> String {
        self.beside("pts")
    }

    /// A path inside.
    pub fn inside(&self, name: &str) -> String {
        self.beside(&format!("pts/{name}"))
    }

    /// Its `ptmx`.
    pub fn ptmx(&self) -> String {
        self.inside("ptmx")
    }

    /// The slave of that number.
    pub fn slave(&self, number: u32) -> String {
        self.inside(&number.to_string())
    }

    /// A new pty of it, unlocked and with its slave open.
    pub fn new_pty(&self, probe: &mut Probe) -> Result<PtyDescriptors, Stop> {
        Ok(probe.new_pty_of(&self.ptmx(), 0)?)
    }
}

/// What ttyname(3) of the C libraries says where no path leads to the terminal.
pub const NAMELESS: &[(&str, Result<String, Errno>)] = &[("glibc", Err(Errno::ENODEV)), ("musl", Err(Errno::ENOENT))];

/// A new empty file, for something to be bound on it.
pub fn make_file(path: &str) -> Judgement {
    std::fs::write(path, b"").map_err(|error| Stop::Error(format!("{path}: {error}")))
}

/// The names in a directory, in order.
pub fn names(probe: &mut Probe, path: &str) -> Result<Vec<String>, Stop> {
    Ok(probe.list(path)?.into_iter().map(|entry| entry.name).collect())
}

/// What is written at one end of a pty with a new terminal's settings comes out at the other, and nothing else does.
pub fn carries(t: &Trial, probe: &mut Probe, pty: PtyDescriptors) -> Judgement {
    probe.write(pty.slave, b"out")?;
    t.equal_bytes("what the master reads", &probe.read_count(pty.master, 3)?, b"out")?;
    probe.write(pty.master, b"in\n")?;
    t.equal_bytes("what the slave reads", &probe.read(pty.slave)?, b"in\n")?;
    t.equal_bytes("the echo at the master", &probe.read_count(pty.master, 4)?, b"in\r\n")
}
