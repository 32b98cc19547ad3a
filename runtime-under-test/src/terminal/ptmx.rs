//! Step 3: `/dev/ptmx` opens masters of the container's own instance.

use super::{DeviceDirectory, TerminalError};
use crate::rootfs::tree::{Depth, attach, clone_place};
use crate::syscall::kind;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2, readlinkat};
use nix::sys::stat::{SFlag, fstat};
use nix::unistd::{UnlinkatFlags, symlinkat, unlinkat};
use std::os::fd::AsFd;

const PATH: &str = "/dev/ptmx";
const TARGET: &str = "pts/ptmx";

/// Makes `/dev/ptmx` the relative symlink `pts/ptmx`, replacing whatever node or link the rootfs brings. A node that
/// cannot be removed, or that is a mount point itself, stays and gets the instance's ptmx bind-mounted over it.
///
/// Both shapes are legal (runtime-spec config-linux.md, "Default Devices"). Without this step an old node 5:2 of the
/// rootfs may open no master at all, or on kernels before 4.7 one of the host's instance.
pub fn place_ptmx(dev: &DeviceDirectory) -> Result<(), TerminalError> {
    let failed = TerminalError::call;
    match symlinkat(TARGET, dev, "ptmx") {
        Ok(()) => return Ok(()),
        Err(Errno::EEXIST) => {}
        Err(errno) => return Err(failed("creating", PATH)(errno)),
    }
    if readlinkat(dev, "ptmx").is_ok_and(|existing| existing == TARGET) {
        return Ok(());
    }
    match unlinkat(dev, "ptmx", UnlinkatFlags::NoRemoveDir) {
        Ok(()) => symlinkat(TARGET, dev, "ptmx").map_err(failed("creating", PATH)),
        Err(Errno::EBUSY | Errno::EROFS | Errno::EPERM | Errno::EACCES) => bind_over(dev),
        Err(errno) => Err(failed("replacing", PATH)(errno)),
    }
}

/// Mounts the instance's ptmx over the node that stays.
fn bind_over(dev: &DeviceDirectory) -> Result<(), TerminalError> {
    let failed = TerminalError::call;
    let node = open_node(dev, "ptmx").map_err(failed("opening", PATH))?;
    let ptmx = open_node(dev, TARGET).map_err(failed("opening", "/dev/pts/ptmx"))?;
    let tree = clone_place(ptmx.as_fd(), Depth::One).map_err(failed("picking up", "/dev/pts/ptmx"))?;
    attach(tree, node).map_err(failed("mounting the instance's ptmx over", PATH))
}

/// Refers to a non-directory without opening it as a device. A link in its place is refused.
fn open_node(dev: impl AsFd, name: &str) -> Result<std::os::fd::OwnedFd, Errno> {
    let how = OpenHow::new()
        .flags(OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_BENEATH);
    let fd = openat2(dev, name, how)?;
    if kind(&fstat(&fd)?) == SFlag::S_IFLNK {
        return Err(Errno::ELOOP);
    }
    Ok(fd)
}
