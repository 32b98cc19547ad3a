//! The container's root filesystem: everything that happens in its mount namespace.
//!
//! The order is fixed by what each step needs: [`Rootfs::prepare`] places mounts, devices and links below the bundle's
//! root while the host's filesystem is still in reach; [`Rootfs::enter`] makes that root `/` and lets go of the host's;
//! [`Rootfs::finish`] hides and write-protects, which has to wait until the terminal's nodes are in place.
//!
//! Needs Linux 5.6, for openat2(2). Recursive attributes need mount_setattr(2), Linux 5.12; without it, bind mounts and read-only
//! paths are remounted, each for itself.

mod cgroup_mount;
mod copy;
mod devices;
mod error;
mod idmap;
mod mounts;
mod moved;
mod options;
mod placement;
mod procfs;
mod propagation;
mod protect;
mod remount;
pub mod resolve;
mod sources;
mod tmpfs;
pub mod tree;

use nix::errno::Errno;
use nix::mount::{MntFlags, umount2};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{chdir, fchdir, pivot_root};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

pub(crate) use options::known_options;

pub use error::RootfsError;
pub use propagation::cut_off_parent;
pub use resolve::RootDir;
pub use sources::Sources;

use crate::{config::Config, syscall::Reason};
use tree::{AttributeChange, Depth, attribute};

/// A root filesystem with everything in it, before or after it has become `/`.
#[derive(Debug)]
pub struct Rootfs {
    root: RootDir,
    /// Read-only tmpfs mounts, left writable until nothing more has to be created in them.
    readonly_later: Vec<PathBuf>,
    manages_dev: bool,
}

impl Rootfs {
    /// Places mounts, devices and links below `config.root.path`.
    ///
    /// The caller is in the container's namespaces and, where it wants one, already in the container's cgroup (before
    /// the cgroup namespace is made, so that the container's own cgroup is that namespace's root). `bundle` is
    /// absolute. The working directory is undefined afterwards, until [`Self::enter`]. The error names the entry and
    /// the call that failed. What was mounted until then goes with the mount namespace.
    pub fn prepare(config: &Config, bundle: &Path, sources: &Sources) -> Result<Self, RootfsError> {
        propagation::isolate(&config.root.path, config.linux.rootfs_propagation)?;
        Self::place(config, bundle, sources)
    }

    /// [`Self::prepare`], in a mount namespace that nothing propagates out of.
    pub fn place(config: &Config, bundle: &Path, sources: &Sources) -> Result<Self, RootfsError> {
        let mask = umask(Mode::empty());
        let rootfs = Self::build(config, bundle, sources);
        umask(mask);
        rootfs
    }

    fn build(config: &Config, bundle: &Path, sources: &Sources) -> Result<Self, RootfsError> {
        let root = bind_root(&config.root.path)?;
        let mut rootfs =
            Self { root, readonly_later: Vec::new(), manages_dev: !config.mounts.iter().any(mounts::is_bind_over_dev) };
        for (index, mount) in config.mounts.iter().enumerate() {
            let placement = placement::Placement {
                root: &rootfs.root,
                root_path: &config.root.path,
                bundle,
                index,
                mount,
                source: sources.get(index),
                own_cgroup_namespace: config.namespace(crate::config::NamespaceKind::Cgroup).is_some(),
            };
            if placement.place()? == mounts::Finish::MakeReadonly {
                rootfs.readonly_later.push(mount.destination.clone());
            }
        }
        if rootfs.manages_dev {
            devices::populate(&rootfs.root, &config.linux.devices)?;
        }
        rootfs.create_cwd(&config.process.cwd)?;
        Ok(rootfs)
    }

    /// An image need not have the working directory that its config names; runtimes create it. Where that cannot be, the
    /// later chdir tells.
    fn create_cwd(&self, cwd: &Path) -> Result<(), RootfsError> {
        if cwd == Path::new("/") {
            return Ok(());
        }
        match self.root.create_dir(cwd) {
            Ok(_) | Err(Errno::EROFS | Errno::ENOTDIR | Errno::EACCES | Errno::EPERM) => Ok(()),
            Err(source) => Err(RootfsError::call("create process.cwd", cwd)(source)),
        }
    }

    /// Makes the root `/` of the calling process and detaches the host's filesystem; the working directory is `/`.
    /// Fails as pivot_root(2) and umount(2).
    pub fn enter(&self, config: &Config) -> Result<(), RootfsError> {
        let failed = |doing: &'static str| move |source: Errno| RootfsError(format!("{doing}: {}", source.words()));
        fchdir(self.root.as_fd()).map_err(failed("enter the root"))?;
        if config.root.no_pivot {
            moved::enter(&self.root)?;
            return propagation::of_new_root(config.linux.rootfs_propagation);
        }
        // With "." for both, the old root ends up stacked on the new one and needs no directory in the image
        // (pivot_root(2), "pivot_root(".", ".")").
        pivot_root(".", ".").map_err(failed("pivot_root"))?;
        propagation::release_old_root(config.linux.rootfs_propagation)?;
        umount2(".", MntFlags::MNT_DETACH).map_err(failed("detach the old root"))?;
        chdir("/").map_err(failed("enter the new root"))?;
        propagation::of_new_root(config.linux.rootfs_propagation)
    }

    /// Hides `maskedPaths`, write-protects `readonlyPaths` and, where the config says so, the root. After
    /// [`Self::enter`], and after the last node was created in the root. The error names the path that could not be
    /// protected; a path that does not exist needs no protection.
    pub fn finish(&self, config: &Config) -> Result<(), RootfsError> {
        let readonly = AttributeChange { set: attribute::RDONLY, clear: 0 };
        let root = config.root.readonly.then_some(Path::new("/"));
        for path in self.readonly_later.iter().map(AsRef::as_ref).chain(root) {
            self.root
                .find(path)
                .and_then(|top| match tree::change_attributes(&top, readonly, Depth::One) {
                    Err(Errno::ENOSYS) => remount::change_attributes(top, readonly),
                    result => result,
                })
                .map_err(RootfsError::call("make read-only", path))?;
        }
        for path in &config.linux.readonly_paths {
            protect::make_readonly(&self.root, path)?;
        }
        protect::mask(&self.root, &config.linux.masked_paths)
    }

    /// The root, to resolve the container's paths in.
    pub fn root(&self) -> &RootDir {
        &self.root
    }

    /// Whether `/dev` is the runtime's to fill: false where the config binds a `/dev` of the host, in which nothing may
    /// be created or replaced.
    pub fn manages_dev(&self) -> bool {
        self.manages_dev
    }
}

/// pivot_root(2) wants the new root to be a mount; a recursive bind of itself keeps what is mounted below it.
fn bind_root(path: &Path) -> Result<RootDir, RootfsError> {
    let failed = |doing: &'static str| RootfsError::call(doing, path);
    let mount = tree::clone_path(path, Depth::Recursive).map_err(failed("clone the mount of the root"))?;
    tree::attach_at_path(&mount, path).map_err(failed("bind the root"))?;
    Ok(RootDir::from(mount))
}
