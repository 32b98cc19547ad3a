//! A root filesystem made of the probe and what a case adds, hostile things included.

use crate::container::ContainerError;
use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use ptyproof_probe::DeviceNumber;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// What a root filesystem is to contain beside the probe.
#[derive(Clone, Debug)]
pub struct Rootfs {
    entries: Vec<(PathBuf, Entry)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Directory(u32),
    File(Vec<u8>, u32),
    Symlink(PathBuf),
    Device(DeviceNumber, u32),
}

impl Default for Rootfs {
    /// The directories that mounts go to, and the one that tells programs which cgroups there are: `exec` of runc
    /// 1.0.0-rc93 panics in a container without it.
    fn default() -> Self {
        let directories = ["dev", "proc", "sys/fs/cgroup", "tmp", "ptyproof"];
        let entries = directories.iter().map(|name| (name.into(), Entry::Directory(0o755))).collect();
        Self { entries }
    }
}

impl Rootfs {
    /// Whether a case has changed nothing.
    pub(super) fn is_plain(&self) -> bool {
        self.entries == Self::default().entries
    }

    /// Adds a directory; its parents are made.
    pub fn directory(&mut self, path: &str, mode: u32) -> &mut Self {
        self.add(path, Entry::Directory(mode))
    }

    /// Adds a regular file.
    pub fn file(&mut self, path: &str, content: &[u8], mode: u32) -> &mut Self {
        self.add(path, Entry::File(content.to_vec(), mode))
    }

    /// Adds a symbolic link, in place of whatever was there.
    pub fn symlink(&mut self, path: &str, target: impl AsRef<Path>) -> &mut Self {
        self.add(path, Entry::Symlink(target.as_ref().to_owned()))
    }

    /// Adds a character device.
    pub fn device(&mut self, path: &str, node: DeviceNumber, mode: u32) -> &mut Self {
        self.add(path, Entry::Device(node, mode))
    }

    /// Leaves out what was added at `path` before.
    pub fn remove(&mut self, path: &str) -> &mut Self {
        self.entries.retain(|(existing, _)| existing != Path::new(path));
        self
    }

    fn add(&mut self, path: &str, entry: Entry) -> &mut Self {
        self.remove(path);
        self.entries.push((path.into(), entry));
        self
    }

    /// Makes it below `root`, which must not exist.
    pub(super) fn write(&self, root: &Path) -> Result<(), ContainerError> {
        let setup = ContainerError::setup::<std::io::Error>;
        fs::create_dir_all(root).map_err(setup("making", root))?;
        // The config mounts the probe here. A copy would be cheap for a processor; but for one that is emulated, a
        // program in other pages is a new program, to be translated anew.
        let inside = root.join("probe");
        fs::write(&inside, b"").map_err(setup("making", &inside))?;
        for (path, entry) in &self.entries {
            let path = root.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(setup("making", parent))?;
            }
            entry.write(&path).map_err(setup("making", &path))?;
        }
        Ok(())
    }
}

impl Entry {
    fn write(&self, path: &Path) -> std::io::Result<()> {
        match self {
            Self::Directory(mode) => {
                fs::create_dir_all(path)?;
                fs::set_permissions(path, PermissionsExt::from_mode(*mode))
            }
            Self::File(content, mode) => {
                fs::write(path, content)?;
                fs::set_permissions(path, PermissionsExt::from_mode(*mode))
            }
            Self::Symlink(target) => symlink(target, path),
            Self::Device(node, mode) => {
                let device = makedev(node.major, node.minor);
                mknod(path, SFlag::S_IFCHR, Mode::empty(), device)?;
                fs::set_permissions(path, PermissionsExt::from_mode(*mode))
            }
        }
    }
}
