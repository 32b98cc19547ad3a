//! The sources of bind mounts, opened by ptyrun itself.
//!
//! In a user namespace of its own, a container's process has no privileges over the host's files: what only the caller can
//! reach, below `/root` for example, has to be opened before that process exists. open_tree(2) copies the mount then and there.

use super::tree::{self, Depth};
use super::{RootfsError, idmap, mounts, options::MountOptions, options::propagation_flag};
use crate::config::{Config, Mount, Propagation};
use crate::syscall::Reason;
use nix::{errno::Errno, mount::MsFlags};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// Detached copies of the mounts that the entries of `mounts` name as their sources, entry by entry.
#[derive(Debug, Default)]
pub struct Sources(Vec<Option<Source>>);

/// A copy of a mount.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) tree: OwnedFd,
    /// How events are to propagate where it still shares them with the mount that it was copied from, since Linux 5.11 and
    /// older cannot change that of what is not attached.
    pub(super) due: Option<MsFlags>,
}

impl Sources {
    /// Opens what can be opened. The container's process tries the rest, and says what is wrong with it: a caller may not be
    /// allowed to copy mounts. What lies in the root is its to open, since an earlier entry may mount it.
    pub fn open(config: &Config, bundle: &Path) -> Self {
        let open = |mount: &Mount| {
            let options = MountOptions::parse(&mount.options);
            let depth = mounts::bind_depth(mount, &options)?;
            let outside = mounts::inside(&config.root.path, bundle, mount).is_none();
            outside.then(|| clone(config, bundle, mount, depth).ok())?
        };
        Self(config.mounts.iter().map(open).collect())
    }

    /// Opens those whose files are to have other owners, which takes privileges over the filesystem. The error names the entry.
    pub fn map_ids(&mut self, config: &Config, bundle: &Path) -> Result<(), RootfsError> {
        for (index, mount) in config.mounts.iter().enumerate().filter(|(_, mount)| mount.maps_ids()) {
            let failed = |doing: &str, errno: Errno| {
                let remedy = match errno {
                    Errno::EINVAL => "; the filesystem must support that, and not be mapped already",
                    Errno::EPERM => "; that takes CAP_SYS_ADMIN over the filesystem",
                    _ => "",
                };
                let (destination, reason) = (mount.destination.display(), errno.words());
                RootfsError(format!("mounts[{index}] ({destination}): {doing}: {reason}{remedy}"))
            };
            let options = MountOptions::parse(&mount.options);
            let depth = mounts::bind_depth(mount, &options).unwrap_or(Depth::One);
            let source = clone(config, bundle, mount, depth).map_err(|errno| failed("open the source", errno))?;
            let namespace = idmap::namespace(config, mount).map_err(|error| {
                failed(
                    "make a user namespace of its mappings",
                    Errno::from_raw(error.raw_os_error().unwrap_or_default()),
                )
            })?;
            let depth = options.map_ids.unwrap_or(Depth::One);
            let mapped = tree::map_ids(&source.tree, namespace.as_fd(), depth);
            mapped.map_err(|errno| failed("map the owners of its files", errno))?;
            self.0.resize_with(config.mounts.len(), || None);
            self.0[index] = Some(source);
        }
        Ok(())
    }

    /// All that are open.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().flatten().map(|source| source.tree.as_fd())
    }

    /// The source of the entry with this number, where it is open.
    pub(super) fn get(&self, index: usize) -> Option<&Source> {
        self.0.get(index)?.as_ref()
    }
}

/// Copies the mount that an entry names as its source. What the container's process would copy comes from mounts that do not
/// share events with the host's.
fn clone(config: &Config, bundle: &Path, mount: &Mount, depth: Depth) -> Result<Source, Errno> {
    let propagation = propagation_flag(match config.linux.rootfs_propagation {
        Some(Propagation::Slave | Propagation::RSlave) => Propagation::Slave,
        _ => Propagation::Private,
    });
    let source = bundle.join(mount.source.as_deref().ok_or(Errno::EINVAL)?);
    let tree = tree::clone_path(&source, depth)?;
    let due = match tree::propagate(&tree, propagation) {
        Err(Errno::ENOSYS) => Some(propagation | MsFlags::MS_REC),
        result => result.map(|()| None)?,
    };
    Ok(Source { tree, due })
}
