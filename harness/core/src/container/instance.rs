//! A container's devpts instance, held open from outside.

use crate::case::Stop;
use crate::{container::ContainerError, terminal::pts_number};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat};
use nix::{dir::Dir, sys::stat::Mode};
use std::{os::fd::OwnedFd, path::PathBuf};

/// A devpts instance, held open from outside. It outlives its container, so that it can be told whether the
/// container's ptys were given back; `kernel.pty.nr` counts those of the whole machine.
#[derive(Debug)]
pub struct Instance {
    path: PathBuf,
    directory: OwnedFd,
}

impl Instance {
    /// Opens `/dev/pts` of a container whose first process is `pid`, started or not.
    pub(super) fn of(pid: i32) -> Result<Self, ContainerError> {
        let path = PathBuf::from(format!("/proc/{pid}/root/dev/pts"));
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        match open(&path, flags, Mode::empty()) {
            Ok(directory) => Ok(Self { path, directory }),
            Err(Errno::ENOENT) => Err(ContainerError::Stopped(Stop::Skip(
                "the container's devpts cannot be seen from outside: it is that of a kernel of its own".to_owned(),
            ))),
            Err(errno) => Err(ContainerError::setup("holding open", &path)(errno)),
        }
    }

    /// The slaves in it by their names, in order: each stands for a pty whose master is open somewhere.
    pub fn slaves(&self) -> Result<Vec<String>, ContainerError> {
        let setup = ContainerError::setup::<nix::errno::Errno>;
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let listing = Dir::openat(&self.directory, ".", flags, Mode::empty()).map_err(setup("listing", &self.path))?;
        let mut names = Vec::new();
        for entry in listing {
            let entry = entry.map_err(setup("listing", &self.path))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.retain(|name| ![".", "..", "ptmx"].contains(&name.as_str()));
        names.sort();
        Ok(names)
    }

    /// The number that a new pty gets, which is then given back at once. The kernel gives the lowest number
    /// that is free, and a number is free when neither master nor slave of it is open anywhere.
    pub fn next_number(&self) -> Result<u32, ContainerError> {
        let setup = ContainerError::setup::<std::io::Error>;
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = openat(&self.directory, "ptmx", flags, Mode::empty())
            .map_err(|errno| setup("opening ptmx in", &self.path)(errno.into()))?;
        pts_number(&master).map_err(|errno| {
            let error = std::io::Error::from_raw_os_error(errno.0);
            setup("asking for the number of a pty in", &self.path)(error)
        })
    }
}
