//! The descriptor-based part of the mount API: open_tree(2), move_mount(2), mount_setattr(2) (Linux 5.2 and 5.12).
//!
//! A mount that is made detached and placed by descriptor never meets a path that an image or another process could
//! change in between.

use nix::{errno::Errno, libc};
use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::{os::unix::ffi::OsStrExt, path::Path};

const OPEN_TREE_CLONE: libc::c_uint = 1;
const MOVE_MOUNT_F_EMPTY_PATH: libc::c_uint = 0x04;
const MOVE_MOUNT_T_EMPTY_PATH: libc::c_uint = 0x40;

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

impl Depth {
    const fn flag(self) -> libc::c_uint {
        match self {
            Self::One => 0,
            Self::Recursive => libc::AT_RECURSIVE as libc::c_uint,
        }
    }
}

/// Copies the mount that `path` of the caller's filesystem lies on, with `path` as its root, as a detached mount. Fails
/// as open_tree(2).
pub fn clone_path(path: &Path, depth: Depth) -> Result<OwnedFd, Errno> {
    let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
    open_tree(libc::AT_FDCWD, &path, depth.flag())
}

/// Copies the mount that `place` lies on, with `place` as its root, as a detached mount. Fails as open_tree(2).
pub fn clone_place(place: BorrowedFd<'_>, depth: Depth) -> Result<OwnedFd, Errno> {
    open_tree(place.as_raw_fd(), c"", depth.flag() | libc::AT_EMPTY_PATH as libc::c_uint)
}

fn open_tree(dir: libc::c_int, path: &CStr, flags: libc::c_uint) -> Result<OwnedFd, Errno> {
    let flags = flags | OPEN_TREE_CLONE | libc::O_CLOEXEC as libc::c_uint;
    // SAFETY: `path` is a NUL-terminated string that outlives the call.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, dir, path.as_ptr(), flags) };
    let fd = Errno::result(fd)?;
    // SAFETY: the kernel has just made this descriptor for us alone; descriptors fit in an int.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as libc::c_int) })
}

/// Attaches a detached mount at `target`. Fails as move_mount(2).
pub fn attach(mount: impl AsFd, target: impl AsFd) -> Result<(), Errno> {
    move_mount(&mount, target.as_fd().as_raw_fd(), c"", MOVE_MOUNT_T_EMPTY_PATH)
}

/// Attaches a detached mount at a path of the caller's filesystem. Fails as move_mount(2).
pub fn attach_at_path(mount: impl AsFd, target: &Path) -> Result<(), Errno> {
    let target = CString::new(target.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
    // The last component may be a link to the directory, as for every command that takes a path of the host.
    const MOVE_MOUNT_T_SYMLINKS: libc::c_uint = 0x10;
    move_mount(&mount, libc::AT_FDCWD, &target, MOVE_MOUNT_T_SYMLINKS)
}

fn move_mount(mount: &impl AsFd, dir: libc::c_int, target: &CStr, flags: libc::c_uint) -> Result<(), Errno> {
    // SAFETY: both paths are NUL-terminated strings that outlive the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            mount.as_fd().as_raw_fd(),
            c"".as_ptr(),
            dir,
            target.as_ptr(),
            flags | MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    Errno::result(result).map(drop)
}

/// Changes the attributes of the mount whose root `mount` is. Fails as mount_setattr(2); EINVAL where `mount` is not
/// the root of a mount.
pub fn change_attributes(mount: impl AsFd, change: AttributeChange, depth: Depth) -> Result<(), Errno> {
    #[repr(C)]
    struct MountAttr {
        set: u64,
        clear: u64,
        propagation: u64,
        userns_fd: u64,
    }
    let attr = MountAttr { set: change.set, clear: change.clear, propagation: 0, userns_fd: 0 };
    // SAFETY: the path is NUL-terminated; `attr` has the layout of struct mount_attr, its size is passed, and the kernel
    // only reads it during the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_fd().as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH as libc::c_uint | depth.flag(),
            &raw const attr,
            size_of::<MountAttr>(),
        )
    };
    Errno::result(result).map(drop)
}
