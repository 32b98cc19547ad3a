//! The descriptor-based part of the mount API: open_tree(2), move_mount(2), mount_setattr(2) (Linux 5.2 and 5.12).
//!
//! A mount that is made detached and placed by descriptor never meets a path that an image or another process could
//! change in between.

use crate::syscall::of_rustix;
use nix::{errno::Errno, libc, mount::MsFlags};
use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// Attributes of a mount, from `linux/mount.h`.
pub mod attribute {
    /// Read-only.
    pub const RDONLY: u64 = 0x01;
    /// Set-user-ID bits are ignored.
    pub const NOSUID: u64 = 0x02;
    /// Device nodes cannot be opened.
    pub const NODEV: u64 = 0x04;
    /// Nothing can be executed.
    pub const NOEXEC: u64 = 0x08;
    /// The bits that hold the kind of access time updates; none of them set is relatime.
    pub const ATIME_KINDS: u64 = 0x70;
    /// Access times are not updated.
    pub const NOATIME: u64 = 0x10;
    /// Access times are always updated.
    pub const STRICTATIME: u64 = 0x20;
    /// Access times of directories are not updated.
    pub const NODIRATIME: u64 = 0x80;
    /// Symbolic links are not followed.
    pub const NOSYMFOLLOW: u64 = 0x0020_0000;
}

/// A change of the attributes of a mount: `clear` comes before `set`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttributeChange {
    /// [`attribute`] bits to set.
    pub set: u64,
    /// [`attribute`] bits to clear.
    pub clear: u64,
}

impl AttributeChange {
    /// Whether nothing changes.
    pub const fn is_empty(self) -> bool {
        self.set == 0 && self.clear == 0
    }
}

/// Whether a call means one mount or also every mount below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Only the mount itself.
    One,
    /// The mount and all below it.
    Recursive,
}

/// Copies the mount that `path` of the caller's filesystem lies on, with `path` as its root, as a detached mount. Fails
/// as open_tree(2).
pub fn clone_path(path: &Path, depth: Depth) -> Result<OwnedFd, Errno> {
    clone(CWD, path, depth)
}

/// Copies the mount that `place` lies on, with `place` as its root, as a detached mount. Fails as open_tree(2).
pub fn clone_place(place: BorrowedFd<'_>, depth: Depth) -> Result<OwnedFd, Errno> {
    clone(place, Path::new(""), depth)
}

fn clone(directory: BorrowedFd<'_>, path: &Path, depth: Depth) -> Result<OwnedFd, Errno> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    flags.set(OpenTreeFlags::AT_RECURSIVE, depth == Depth::Recursive);
    flags.set(OpenTreeFlags::AT_EMPTY_PATH, path.as_os_str().is_empty());
    open_tree(directory, path, flags).map_err(of_rustix)
}

/// Attaches a detached mount at `target`. Fails as move_mount(2).
pub fn attach(mount: impl AsFd, target: impl AsFd) -> Result<(), Errno> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(mount, "", target, "", flags).map_err(of_rustix)
}

/// Attaches a detached mount at a path of the caller's filesystem. Fails as move_mount(2).
pub fn attach_at_path(mount: impl AsFd, target: &Path) -> Result<(), Errno> {
    // The last component may be a link to the directory, as for every command that takes a path of the host.
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_SYMLINKS;
    move_mount(mount, "", CWD, target, flags).map_err(of_rustix)
}

/// Changes the attributes of the mount whose root `mount` is. Fails as mount_setattr(2); EINVAL where `mount` is not
/// the root of a mount.
pub fn change_attributes(mount: impl AsFd, change: AttributeChange, depth: Depth) -> Result<(), Errno> {
    set_attributes(mount, &MountAttr { set: change.set, clear: change.clear, ..MountAttr::default() }, depth)
}

/// Sets how events of the mount whose root `mount` is, and of all below it, propagate. Fails as mount_setattr(2).
pub fn propagate(mount: impl AsFd, flag: MsFlags) -> Result<(), Errno> {
    set_attributes(mount, &MountAttr { propagation: flag.bits(), ..MountAttr::default() }, Depth::Recursive)
}

/// Has the files of the detached mount whose root `mount` is belong to whom the maps of a user namespace say. Fails as
/// mount_setattr(2).
pub fn map_ids(mount: impl AsFd, namespace: BorrowedFd<'_>, depth: Depth) -> Result<(), Errno> {
    const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000; // linux/mount.h
    let userns_fd = namespace.as_raw_fd() as u64;
    set_attributes(mount, &MountAttr { set: MOUNT_ATTR_IDMAP, userns_fd, ..MountAttr::default() }, depth)
}

/// `struct mount_attr` of mount_setattr(2).
#[repr(C)]
#[derive(Default)]
struct MountAttr {
    set: u64,
    clear: u64,
    propagation: u64,
    userns_fd: u64,
}

fn set_attributes(mount: impl AsFd, attr: &MountAttr, depth: Depth) -> Result<(), Errno> {
    let recursive = if depth == Depth::Recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is NUL-terminated; `attr` has the layout of struct mount_attr, its size is passed, and the kernel
    // only reads it during the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_fd().as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | recursive,
            std::ptr::from_ref(attr),
            size_of::<MountAttr>(),
        )
    };
    Errno::result(result).map(drop)
}
