//! Paths that the container must not read or write (config-linux.md, "Masked Paths" and "Readonly Paths").

use super::remount;
use super::tree::{self, AttributeChange, Depth, attribute};
use super::{RootDir, RootfsError};
use crate::syscall::kind;
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{SFlag, fstat, makedev};
use nix::{errno::Errno, unistd::fchdir};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

/// What does not exist, or lies below something that is no directory, cannot be reached either.
fn find(root: &RootDir, path: &Path) -> Result<Option<OwnedFd>, RootfsError> {
    match root.find(path) {
        Ok(place) => Ok(Some(place)),
        Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(None),
        Err(source) => Err(RootfsError::call("find", path)(source)),
    }
}

/// Binds a path onto itself, read-only together with all that is mounted below it; before Linux 5.12 without the latter.
pub(super) fn make_readonly(root: &RootDir, path: &Path) -> Result<(), RootfsError> {
    let Some(place) = find(root, path)? else {
        return Ok(());
    };
    let readonly = AttributeChange { set: attribute::RDONLY, clear: 0 };
    tree::clone_place(place.as_fd(), Depth::Recursive)
        .and_then(|copy| match tree::change_attributes(&copy, readonly, Depth::Recursive) {
            Err(Errno::ENOSYS) => {
                tree::attach(copy, &place)?;
                remount::change_attributes(root.find(path)?, readonly)
            }
            result => result.and_then(|()| tree::attach(copy, &place)),
        })
        .map_err(RootfsError::call("make read-only", path))
}

/// Hides each path: `/dev/null` over a file, an empty read-only tmpfs over a directory.
pub(super) fn mask(root: &RootDir, paths: &[PathBuf]) -> Result<(), RootfsError> {
    let (mut null, mut empty) = (None, None);
    for path in paths {
        let Some(place) = find(root, path)? else {
            continue;
        };
        let failed = RootfsError::call("mask", path);
        let seen = fstat(&place).map_err(failed)?;
        if kind(&seen) == SFlag::S_IFDIR {
            // One for all of them.
            if let Some(empty) = &empty {
                bind(empty, &place).map_err(failed)?;
                continue;
            }
            fchdir(place.as_fd()).map_err(failed)?;
            mount(Some("tmpfs"), ".", Some("tmpfs"), MsFlags::MS_RDONLY, Some("nr_blocks=1,nr_inodes=1"))
                .map_err(failed)?;
            empty = Some(root.find(path).map_err(failed)?);
            continue;
        }
        let null = match &null {
            Some(null) => null,
            None => null.insert(null_device(root)?),
        };
        bind(null, &place).map_err(failed)?;
    }
    // The tmpfs mounts went onto the working directory.
    fchdir(root.as_fd()).map_err(RootfsError::call("enter", Path::new("/")))
}

fn bind(what: &OwnedFd, place: &OwnedFd) -> Result<(), Errno> {
    tree::clone_place(what.as_fd(), Depth::One).and_then(|copy| tree::attach(copy, place))
}

/// The container's `/dev/null`, made sure of: an image without a tmpfs on `/dev` could have put anything there, a link to what
/// it wants to be writable above all (CVE-2025-31133). The descriptor that was examined is the one that is bound.
fn null_device(root: &RootDir) -> Result<OwnedFd, RootfsError> {
    let path = Path::new("/dev/null");
    let null = root.find(path).map_err(RootfsError::call("find", path))?;
    let seen = fstat(&null).map_err(RootfsError::call("examine", path))?;
    let is_character = kind(&seen) == SFlag::S_IFCHR;
    if is_character && seen.st_rdev == makedev(1, 3) {
        return Ok(null);
    }
    Err(RootfsError::not_the_device(path, makedev(1, 3)))
}
