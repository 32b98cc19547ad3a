//! Device nodes and links of `/dev` (config-linux.md, "Default Devices"; config.md, "Dev symbolic links" of runtime-linux.md).

use super::tree::{self, Depth};
use super::{RootDir, RootfsError, resolve};
use crate::config::{Device, DeviceKind};
use crate::syscall::kind;
use nix::sys::stat::{FchmodatFlags, Mode, SFlag, fchmodat, fstat, fstatat, makedev, mknodat};
use nix::unistd::{Gid, Uid, fchownat, symlinkat};
use nix::{errno::Errno, fcntl::AtFlags};
use std::os::fd::{AsFd, BorrowedFd};
use std::{ffi::OsStr, path::Path};

/// Name, major and minor number of what every container gets; `/dev/console` and `/dev/ptmx` are the terminal's.
const DEFAULT: [(&str, u64, u64); 6] =
    [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

/// Links that programs expect (runtime-linux.md, "Dev symbolic links").
const LINKS: [(&str, &str); 4] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// Permissions of a node for which the config gives none.
const DEFAULT_MODE: u32 = 0o666;

/// Makes the default devices, those of the config, and the links. A device of the config replaces the default one of the
/// same path. The umask must be empty.
pub(super) fn populate(root: &RootDir, devices: &[Device]) -> Result<(), RootfsError> {
    let path = Path::new("/dev");
    let dev = root.create_dir(path).map_err(RootfsError::call("create", path))?;
    for (name, major, minor) in DEFAULT {
        if devices.iter().any(|device| device.path == path.join(name)) {
            continue;
        }
        let node = Node {
            dir: dev.as_fd(),
            name: OsStr::new(name),
            path: &path.join(name),
            kind: SFlag::S_IFCHR,
            rdev: makedev(major, minor),
        };
        node.make(DEFAULT_MODE)?;
    }
    for device in devices.iter().filter(|device| !belongs_to_terminal(&device.path)) {
        make(root, device)?;
    }
    for (name, target) in LINKS {
        link(dev.as_fd(), name, target)?;
    }
    if nix::unistd::access("/proc/kcore", nix::unistd::AccessFlags::F_OK).is_ok() {
        link(dev.as_fd(), "core", "/proc/kcore")?;
    }
    Ok(())
}

/// Engines list these although the spec has the runtime make them; as plain nodes they would not be the container's
/// terminal, or would stand where it goes.
fn belongs_to_terminal(path: &Path) -> bool {
    path == Path::new("/dev/ptmx") || path == Path::new("/dev/console") || path.starts_with("/dev/pts")
}

fn link(dev: BorrowedFd<'_>, name: &str, target: &str) -> Result<(), RootfsError> {
    match symlinkat(target, dev, name) {
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        // Without a tmpfs on /dev, a read-only image has its links or does without.
        Err(Errno::EROFS) => Ok(()),
        Err(source) => Err(RootfsError::call("link", &Path::new("/dev").join(name))(source)),
    }
}

/// Makes one device of the config.
fn make(root: &RootDir, device: &Device) -> Result<(), RootfsError> {
    let path = &device.path;
    let failed = |doing: &'static str| RootfsError::call(doing, path);
    let (parent, name) = root.create_parent(path).map_err(failed("create the directory of"))?;
    let name = name.ok_or(Errno::EINVAL).map_err(failed("make the device"))?;
    let kind = match device.kind {
        DeviceKind::Character => SFlag::S_IFCHR,
        DeviceKind::Block => SFlag::S_IFBLK,
        DeviceKind::Fifo => SFlag::S_IFIFO,
    };
    let rdev = match device.kind {
        DeviceKind::Fifo => 0,
        _ => makedev(device.major.unwrap_or_default().into(), device.minor.unwrap_or_default().into()),
    };
    let node = Node { dir: parent.as_fd(), name, path, kind, rdev };
    if node.make(device.file_mode.unwrap_or(DEFAULT_MODE))? == Made::Bound {
        // The node is the host's: neither its owner nor its mode is ours to change.
        return Ok(());
    }
    if device.uid.is_some() || device.gid.is_some() {
        let (uid, gid) = (device.uid.map(Uid::from_raw), device.gid.map(Gid::from_raw));
        fchownat(&parent, name, uid, gid, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(failed("change the owner of"))?;
    }
    Ok(())
}

/// How a node came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Created,
    Present,
    Bound,
}

/// A node to make.
struct Node<'a> {
    dir: BorrowedFd<'a>,
    name: &'a OsStr,
    /// As the container sees it, and where the host has the same device.
    path: &'a Path,
    kind: SFlag,
    rdev: u64,
}

impl Node<'_> {
    /// Makes the node, or makes sure that the one that is there is the right one. Where the kernel does not let us (a user
    /// namespace, or no CAP_MKNOD) the host's node is bound instead.
    fn make(&self, mode: u32) -> Result<Made, RootfsError> {
        match mknodat(self.dir, self.name, self.kind, Mode::from_bits_truncate(mode), self.rdev) {
            Ok(()) => Ok(Made::Created),
            Err(Errno::EEXIST) if self.is_right()? => {
                self.set_mode(mode)?;
                Ok(Made::Present)
            }
            Err(Errno::EPERM | Errno::EEXIST) => self.bind_from_host().map(|()| Made::Bound),
            Err(source) => Err(RootfsError::call("make the device", self.path)(source)),
        }
    }

    fn is_right(&self) -> Result<bool, RootfsError> {
        let seen = fstatat(self.dir, self.name, AtFlags::AT_SYMLINK_NOFOLLOW)
            .map_err(RootfsError::call("examine", self.path))?;
        Ok(kind(&seen) == self.kind && seen.st_rdev == self.rdev)
    }

    /// A node that the image brought may have any mode; a read-only image keeps it. Someone may have put a link in its place by
    /// now, so links are not followed.
    fn set_mode(&self, mode: u32) -> Result<(), RootfsError> {
        let mode = Mode::from_bits_truncate(mode);
        match fchmodat(self.dir, self.name, mode, FchmodatFlags::NoFollowSymlink) {
            Ok(()) | Err(Errno::EROFS | Errno::EPERM) => Ok(()),
            Err(source) => Err(RootfsError::call("change the mode of", self.path)(source)),
        }
    }

    fn bind_from_host(&self) -> Result<(), RootfsError> {
        let failed = |doing: &'static str| RootfsError::call(doing, self.path);
        let host = tree::clone_path(self.path, Depth::One).map_err(failed("bind the host's"))?;
        let seen = fstat(&host).map_err(failed("examine the host's"))?;
        if kind(&seen) != self.kind || seen.st_rdev != self.rdev {
            return Err(RootfsError::not_the_device(self.path, self.rdev));
        }
        resolve::create_empty(self.dir, self.name).map_err(failed("create"))?;
        let flags = nix::fcntl::OFlag::O_PATH | nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_CLOEXEC;
        let target = nix::fcntl::openat(self.dir, self.name, flags, Mode::empty()).map_err(failed("find"))?;
        // Where the image has a link of this name, the link itself is covered and never followed.
        tree::attach(host, target).map_err(failed("bind the host's"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminals_nodes_are_not_the_configs_to_make() {
        for path in ["/dev/ptmx", "/dev//console", "/dev/pts/0", "/dev/pts/ptmx", "/dev/./pts"] {
            assert!(belongs_to_terminal(Path::new(path)), "{path}");
        }
        for path in ["/dev/tty", "/dev/ptsx", "/dev/ptmx2", "/dev/console/x"] {
            assert!(!belongs_to_terminal(Path::new(path)), "{path}");
        }
    }
}
