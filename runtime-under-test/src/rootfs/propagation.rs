//! How mount events travel between the container and the host (mount_namespaces(7)).

use super::{RootfsError, options::propagation_flag};
use crate::config::Propagation;
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use std::path::Path;

/// Applies a kind of propagation to the mount that `path` is the root of.
pub(super) fn set(path: &str, flags: MsFlags) -> Result<(), RootfsError> {
    change(Path::new(path), flags).map_err(RootfsError::call("set the propagation of", Path::new(path)))
}

fn change(path: &Path, flags: MsFlags) -> Result<(), Errno> {
    mount(None::<&str>, path, None::<&str>, flags, None::<&str>)
}

const fn is_shared(wanted: Option<Propagation>) -> bool {
    matches!(wanted, Some(Propagation::Shared | Propagation::RShared))
}

/// Before anything is mounted: nothing that is mounted here may show up in the host's namespace.
///
/// `shared` alone asks for events to travel both ways, so the mounts stay peers of the host's; then only the mount that
/// the root lies on is cut off, because binding the root onto itself must stay private all the same.
pub(super) fn isolate(root: &Path, wanted: Option<Propagation>) -> Result<(), RootfsError> {
    match wanted {
        Some(Propagation::Shared | Propagation::RShared) => cut_off_parent(root),
        Some(Propagation::Slave | Propagation::RSlave) => set("/", MsFlags::MS_SLAVE | MsFlags::MS_REC),
        _ => set("/", MsFlags::MS_PRIVATE | MsFlags::MS_REC),
    }
}

/// Makes the mount that `root` lies on private. Which of its ancestors is a mount's root only the kernel knows: it
/// answers EINVAL for the others.
pub fn cut_off_parent(root: &Path) -> Result<(), RootfsError> {
    let failed = RootfsError::call("make private the mount of", root);
    let real = root.canonicalize().map_err(|error| failed(Errno::from_raw(error.raw_os_error().unwrap_or(0))))?;
    for ancestor in real.ancestors() {
        match change(ancestor, MsFlags::MS_PRIVATE) {
            Err(Errno::EINVAL) => {}
            result => return result.map_err(failed),
        }
    }
    Err(failed(Errno::EINVAL))
}

/// Between pivot_root and the unmounting of the old root, which lies at `.`: the host must not see it go.
pub(super) fn release_old_root(wanted: Option<Propagation>) -> Result<(), RootfsError> {
    if !is_shared(wanted) {
        return Ok(());
    }
    // "/" is the new root beneath; "/.." is the uppermost mount there, the old root.
    set("/..", MsFlags::MS_SLAVE | MsFlags::MS_REC)
}

/// The new root gets the propagation that the config asks for.
pub(super) fn of_new_root(wanted: Option<Propagation>) -> Result<(), RootfsError> {
    match wanted {
        None | Some(Propagation::RPrivate) => Ok(()),
        Some(wanted) => set("/", propagation_flag(wanted)),
    }
}
