//! `/dev` and `/dev/pts` of the container, opened once and held.

use super::TerminalError;
use crate::rootfs::RootDir;
use crate::syscall::held_by_descriptor;
use nix::fcntl::{OFlag, ResolveFlag};
use nix::sys::statfs::{DEVPTS_SUPER_MAGIC, fstatfs};
use nix::{errno::Errno, sys::stat::fstat};
use std::os::fd::OwnedFd;
use std::path::Path;

/// The container's `/dev`, whatever path led to it.
#[derive(Debug)]
pub struct DeviceDirectory(OwnedFd);

impl DeviceDirectory {
    /// Opens it below the container's root. None where the container has no `/dev`.
    pub fn open(root: &RootDir) -> Result<Option<DeviceDirectory>, TerminalError> {
        match open_directory(root, "/dev") {
            Ok(fd) => Ok(Some(DeviceDirectory(fd))),
            Err(Errno::ENOENT) => Ok(None),
            Err(errno) => Err(TerminalError::call("opening", "/dev")(errno)),
        }
    }
}

/// A devpts instance: its root directory, checked to be one.
#[derive(Debug)]
pub struct Instance(OwnedFd);

impl Instance {
    /// Opens the instance at `/dev/pts` below the container's root.
    ///
    /// A directory, a tmpfs or a fuse mount there could offer a `ptmx` of its own making, so anything that is not the
    /// root of a devpts is refused before a file in it is touched.
    pub fn open(root: &RootDir) -> Result<Instance, TerminalError> {
        const PATH: &str = "/dev/pts";
        const ROOT_INODE: u64 = 1; // fs/devpts: the root is 1, ptmx 2, the slave N is N + 3
        let fd = open_directory(root, PATH).map_err(TerminalError::call("opening", PATH))?;
        let filesystem = fstatfs(&fd).map_err(TerminalError::call("examining", PATH))?.filesystem_type();
        let inode = fstat(&fd).map_err(TerminalError::call("examining", PATH))?.st_ino;
        if filesystem != DEVPTS_SUPER_MAGIC || inode != ROOT_INODE {
            let found = format!("filesystem {:#x}, inode {inode}", filesystem.0);
            let expected = "a devpts mount: the bundle's mounts need one for a terminal";
            return Err(TerminalError::unexpected(PATH, &found, expected));
        }
        Ok(Instance(fd))
    }
}

held_by_descriptor!(DeviceDirectory, Instance);

fn open_directory(root: &RootDir, path: &str) -> Result<OwnedFd, Errno> {
    root.open_below(Path::new(path), OFlag::O_PATH | OFlag::O_DIRECTORY, ResolveFlag::empty())
}
