//! The sources of bind mounts, opened by ptyrun itself.
//!
//! In a user namespace of its own, a container's process has no privileges over the host's files: what only the caller can
//! reach, below `/root` for example, has to be opened before that process exists. open_tree(2) copies the mount then and there.

use super::{mounts, options::MountOptions, options::propagation_flag, tree};
use crate::config::{Config, Mount, Propagation};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// Detached copies of the mounts that the entries of `mounts` name as their sources, entry by entry.
#[derive(Debug, Default)]
pub struct Sources(Vec<Option<OwnedFd>>);

impl Sources {
    /// Opens what can be opened. The container's process tries the rest, and says what is wrong with it: a caller may not be
    /// allowed to copy mounts, or the kernel does not know mount_setattr(2).
    pub fn open(config: &Config, bundle: &Path) -> Self {
        // What was copied by the container's process would have come from mounts that do not share events with the host's.
        let propagation = match config.linux.rootfs_propagation {
            Some(Propagation::Slave | Propagation::RSlave) => Propagation::Slave,
            _ => Propagation::Private,
        };
        let open = |mount: &Mount| {
            let options = MountOptions::parse(&mount.options).ok()?;
            let source = bundle.join(mount.source.as_ref()?);
            let tree = tree::clone_path(&source, mounts::bind_depth(mount, &options)?).ok()?;
            tree::propagate(&tree, propagation_flag(propagation)).ok()?;
            Some(tree)
        };
        Self(config.mounts.iter().map(open).collect())
    }

    /// All that are open.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().flatten().map(AsFd::as_fd)
    }

    /// The source of the entry with this number, where it is open.
    pub(super) fn get(&self, index: usize) -> Option<BorrowedFd<'_>> {
        Some(self.0.get(index)?.as_ref()?.as_fd())
    }
}
