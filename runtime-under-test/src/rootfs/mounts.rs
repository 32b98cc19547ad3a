//! How an entry of `mounts` is mounted: by descriptor.

use super::options::{MountOptions, propagation_flag};
use super::tree::{self, AttributeChange, Depth, attribute};
use super::{RootfsError, cgroup_mount, procfs, tmpfs};
use super::{placement::Placement, remount};
use crate::config::Mount;
use crate::syscall::{Reason, kind};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{SFlag, fstat};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

/// The group that owns terminals by convention; default configs name it whether or not it is mapped.
const TTY_GROUP_OPTION: &str = "gid=5";

/// What is left to do for a mount after everything else has been placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// The mount is as the configuration says.
    Done,
    /// It has to become read-only.
    MakeReadonly,
}

/// How much of its source the entry binds, where it is a bind mount.
pub(super) fn bind_depth(mount: &Mount, options: &MountOptions<'_>) -> Option<Depth> {
    options.bind.or_else(|| (mount.kind.as_deref() == Some("bind")).then_some(Depth::One))
}

/// Where below the container's root the source of a bind mount lies. What earlier entries have mounted there is bound, and no link
/// of the image's leads out of it.
pub(super) fn inside(root: &Path, bundle: &Path, mount: &Mount) -> Option<PathBuf> {
    let source = bundle.join(mount.source.as_deref()?);
    let below = source.strip_prefix(root).ok()?;
    let stays = below.components().all(|part| part != Component::ParentDir);
    stays.then(|| Path::new(".").join(below))
}

/// Whether the entry brings a `/dev` of the host's.
pub(super) fn is_bind_over_dev(mount: &Mount) -> bool {
    // Components ignore `.`, doubled and trailing slashes; a destination may also lack its leading one.
    let below_root = |path: &Path| path.strip_prefix("/").unwrap_or(path).to_owned();
    mount.is_bind() && below_root(&mount.destination) == Path::new("dev")
}

impl Placement<'_> {
    /// Mounts the entry.
    pub(super) fn place(&self) -> Result<Finish, RootfsError> {
        let options = MountOptions::parse(&self.mount.options);
        let mut finish = Finish::Done;
        match self.mount.kind.as_deref() {
            _ if options.remount => self.remount(&options)?,
            _ if let Some(depth) = bind_depth(self.mount, &options) => self.bind(&options, depth)?,
            Some("cgroup" | "cgroup2") => cgroup_mount::place(self, &options)?,
            Some("tmpfs") => finish = tmpfs::place(self, &options)?,
            Some("devpts") => self.devpts(&options)?,
            Some("sysfs") => self.sysfs(&options)?,
            Some(kind) => self.filesystem(kind, &options)?,
            None => {
                return Err(self.failed("needs a type, or the option bind")(Errno::EINVAL));
            }
        }
        for propagation in &options.propagation {
            self.change_top("set the propagation", propagation_flag(*propagation), None)?;
        }
        Ok(finish)
    }

    /// Mounts a new filesystem on the destination.
    pub(super) fn filesystem(&self, kind: &str, options: &MountOptions<'_>) -> Result<(), RootfsError> {
        self.enter_destination(kind)?;
        self.mount_here(kind, options.flags(), &options.data).map_err(|source| {
            let remedy = match (kind, source) {
                ("proc", Errno::EPERM) => {
                    "; a user namespace needs a pid namespace of its own to mount proc, and a \
                    caller whose own /proc has nothing mounted over it"
                }
                ("mqueue", Errno::EPERM) => "; a user namespace needs an ipc namespace of its own to mount mqueue",
                (_, Errno::EINVAL) if !options.data.is_empty() => {
                    "; check the options for the filesystem; a uid or gid among them must be mapped"
                }
                (_, Errno::ENODEV) => "; the kernel does not know this filesystem",
                _ => "",
            };
            self.refuse(format!("mount {kind}: {}{remedy}", source.words()))
        })
    }

    /// Mounts on the working directory, which is the destination: no path is looked up again.
    fn mount_here(&self, kind: &str, flags: MsFlags, data: &[&str]) -> Result<(), Errno> {
        let data = data.join(",");
        let data = (!data.is_empty()).then_some(data.as_str());
        mount(Some(self.mount.source.as_deref().unwrap_or(kind)), ".", Some(kind), flags, data)
    }

    /// A user namespace may map a single group, and then devpts refuses the `gid=5` of every default config (EINVAL). The
    /// terminals then belong to the group of whoever opens them, which is what leaving it out means.
    fn devpts(&self, options: &MountOptions<'_>) -> Result<(), RootfsError> {
        self.enter_destination("devpts")?;
        let source = match self.mount_here("devpts", options.flags(), &options.data) {
            Ok(()) => return Ok(()),
            Err(source) => source,
        };
        let unmapped = match source {
            Errno::EINVAL => options.data.iter().find(is_unmapped_group),
            _ => None,
        };
        match unmapped {
            None => Err(self.failed("mount devpts")(source)),
            Some(&TTY_GROUP_OPTION) => {
                let data: Vec<&str> = options.data.iter().copied().filter(|o| *o != TTY_GROUP_OPTION).collect();
                self.mount_here("devpts", options.flags(), &data).map_err(self.failed("mount devpts without gid=5"))
            }
            Some(option) => Err(self.refuse(format!(
                "mount devpts: {}; {option} is not mapped in the user namespace: map it in linux.gidMappings or \
                 leave it out",
                source.words()
            ))),
        }
    }

    /// sysfs shows the network namespace's devices, so the kernel wants that namespace to belong to the caller's user
    /// namespace. Without that the host's `/sys` is all there is to show; it is bound read-only.
    fn sysfs(&self, options: &MountOptions<'_>) -> Result<(), RootfsError> {
        self.enter_destination("sysfs")?;
        match self.mount_here("sysfs", options.flags(), &options.data) {
            Err(Errno::EPERM) => {}
            result => return result.map_err(self.failed("mount sysfs")),
        }
        let failed = self.failed("bind the host's /sys, as sysfs may not be mounted here");
        let change = AttributeChange {
            set: attribute::RDONLY | attribute::NOSUID | attribute::NODEV | attribute::NOEXEC,
            clear: 0,
        };
        let host = tree::clone_path(Path::new("/sys"), Depth::Recursive).map_err(failed)?;
        tree::change_attributes(&host, change, Depth::Recursive).map_err(failed)?;
        tree::attach(host, self.destination("sysfs")?).map_err(failed)
    }

    fn bind(&self, options: &MountOptions<'_>, depth: Depth) -> Result<(), RootfsError> {
        if let Some(option) = options.data.first() {
            return Err(self.refuse(format!("option {option:?} has no meaning for a bind mount")));
        }
        let source = self.mount.source.as_deref().unwrap_or_default();
        if source.is_empty() {
            return Err(self.failed("a bind mount needs a source")(Errno::EINVAL));
        }
        let source = self.bundle.join(source);
        let tree = match (self.source, inside(self.root_path, self.bundle, self.mount)) {
            (Some(opened), _) => opened.tree.try_clone().map_err(|_| Errno::last()),
            (None, Some(inside)) => self.root.find(&inside).and_then(|place| tree::clone_place(place.as_fd(), depth)),
            (None, None) => tree::clone_path(&source, depth),
        };
        let tree = tree.map_err(|errno| {
            let remedy = match (errno, depth) {
                (Errno::EINVAL, Depth::One) => "; in a user namespace a source with mounts below it needs rbind",
                _ => "",
            };
            self.refuse(format!("bind {}: {}{remedy}", source.display(), errno.words()))
        })?;
        let failed = self.failed("set the attributes of the bind mount");
        let mut by_remount = false;
        for (change, depth) in [(options.own, Depth::One), (options.all, Depth::Recursive)] {
            if !change.is_empty() {
                match tree::change_attributes(&tree, change, depth) {
                    // Linux 5.11 and older: what is not attached yet cannot be remounted.
                    Err(Errno::ENOSYS) if depth == Depth::One => by_remount = true,
                    result => result.map_err(failed)?,
                }
            }
        }
        let target = match self.root.find(&self.mount.destination) {
            Err(Errno::ENOENT) => self.create_like(&tree)?,
            result => result.map_err(self.failed("find the destination"))?,
        };
        procfs::guard(self, target.as_fd(), Some(tree.as_fd()))?;
        tree::attach(tree, target).map_err(self.failed("attach the bind mount"))?;
        if let Some(due) = self.source.and_then(|source| source.due) {
            self.change_top("part the bind mount from its source's", due, None)?;
        }
        if by_remount {
            let top = self.root.find(&self.mount.destination);
            top.and_then(|top| remount::change_attributes(top, options.own)).map_err(failed)?;
        }
        Ok(())
    }

    /// Creates the destination: a directory for a directory, an empty file for everything else.
    fn create_like(&self, tree: &OwnedFd) -> Result<OwnedFd, RootfsError> {
        let seen = fstat(tree).map_err(self.failed("examine the source"))?;
        let is_dir = kind(&seen) == SFlag::S_IFDIR;
        let destination = &self.mount.destination;
        let created = if is_dir { self.root.create_dir(destination) } else { self.root.create_file(destination) };
        created.map_err(self.failed("create the destination"))
    }

    fn remount(&self, options: &MountOptions<'_>) -> Result<(), RootfsError> {
        let bind = if bind_depth(self.mount, options).is_some() { MsFlags::MS_BIND } else { MsFlags::empty() };
        let data = options.data.join(",");
        let data = (!data.is_empty()).then_some(data.as_str());
        self.change_top("remount", options.flags() | MsFlags::MS_REMOUNT | bind, data)
    }
}

/// Whether the option names a group that the caller's user namespace does not map (user_namespaces(7), gid_map).
fn is_unmapped_group(option: &&&str) -> bool {
    let Some(group) = option.strip_prefix("gid=").and_then(|id| id.parse::<u32>().ok()) else {
        return false;
    };
    std::fs::read_to_string("/proc/self/gid_map").is_ok_and(|map| !maps(&map, group))
}

/// Whether a text as in `/proc/PID/gid_map` (inside, outside, count) maps `id`.
fn maps(map: &str, id: u32) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map(str::parse::<u32>);
        match (numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(first)), _, Some(Ok(count))) => id >= first && id - first < count,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_says_which_ids_it_has() {
        let map = "         0       1000          1\n         1     100000      65536\n";
        assert!(maps(map, 0) && maps(map, 5) && maps(map, 65536));
        assert!(!maps(map, 65537));
        assert!(!maps("0 1000 1\n", 5));
        assert!(maps("0 0 4294967295\n", u32::MAX - 1));
    }

    #[test]
    fn a_bind_over_dev_is_seen_in_every_spelling() {
        let mount = |destination: &str, kind: &str, option: &str| Mount {
            destination: destination.into(),
            kind: Some(kind.to_owned()),
            source: None,
            options: vec![option.to_owned()],
            uid_mappings: Vec::new(),
            gid_mappings: Vec::new(),
        };
        assert!(is_bind_over_dev(&mount("/dev/", "bind", "ro")));
        assert!(is_bind_over_dev(&mount("dev", "none", "rbind")));
        assert!(!is_bind_over_dev(&mount("/dev", "tmpfs", "ro")));
        assert!(!is_bind_over_dev(&mount("/dev/shm", "bind", "ro")));
    }
}
