//! Directories and what stands in them.

use crate::asking::{steps, values};
use crate::facts::{DirectoryEntry, FileStatus};
use crate::falsify::Falsify;
use crate::step::looks::{directory, filesystem_type};
use crate::values::{Bytes, DeviceNumber, Errno, FileKind};
use nix::errno::Errno as SysErrno;
use nix::sys::stat::{Mode, SFlag, UtimensatFlags, lstat, stat, utimensat};
use nix::sys::statvfs::FsFlags;
use nix::unistd::{Gid, Uid};
use nix::{libc, sys::time::TimeSpec};
use serde::{Deserialize, Serialize};
use std::{ffi::CString, fs::Permissions, os::unix::ffi::OsStrExt, os::unix::fs::PermissionsExt, path::Path};

steps! {
    /// Steps with paths.
    Directories;

    /// stat(2), or lstat(2) where links are not to be followed.
    Stat { path: String, follow: bool } -> FileStatus,
        "look at {path}" => {
            let found = if follow { stat(Path::new(&path)) } else { lstat(Path::new(&path)) };
            Ok(FileStatus::of(&found?))
        }
        also
        /// stat(2), following links.
        stat | try_stat(path: &str) = Stat { path: path.to_owned(), follow: true };
        also
        /// lstat(2).
        lstat | try_lstat(path: &str) = Stat { path: path.to_owned(), follow: false };

    /// The entries of a directory, in the order of their names.
    List { path: String } -> Vec<DirectoryEntry>: list | try_list,
        "list {path}" => { directory(&path) }

    /// readlink(2).
    ReadLink { path: String } -> Bytes: read_link | try_read_link,
        "read the link {path}" => { Ok(Bytes::from(std::fs::read_link(path)?.as_os_str().as_bytes())) }

    /// statfs(2): the type of the filesystem.
    FilesystemType { path: String } -> i64: filesystem_type | try_filesystem_type,
        "look at the filesystem of {path}" => { filesystem_type(&path) }

    /// statvfs(3): whether the mount that the file is on, or its filesystem, is read-only.
    IsReadOnly { path: String } -> bool: is_read_only | try_is_read_only,
        "look whether {path} is on a read-only mount" => {
            Ok(nix::sys::statvfs::statvfs(Path::new(&path))?.flags().contains(FsFlags::ST_RDONLY))
        }

    /// When a file was read and written. stat(2)
    Times { path: String } -> FileTimes: times | try_times,
        "look at the times of {path}" => {
            let found = stat(Path::new(&path))?;
            let moment = |seconds, nanoseconds| Moment { seconds, nanoseconds };
            Ok(FileTimes {
                accessed: moment(found.st_atime, found.st_atime_nsec),
                modified: moment(found.st_mtime, found.st_mtime_nsec),
            })
        }

    /// utimensat(2).
    SetTimes { path: String, times: FileTimes } -> (): set_times | try_set_times,
        "set the times of {path}" => {
            let spec = |moment: Moment| TimeSpec::new(moment.seconds, moment.nanoseconds);
            let (accessed, modified) = (spec(times.accessed), spec(times.modified));
            let follow = UtimensatFlags::FollowSymlink;
            Ok(utimensat(nix::fcntl::AT_FDCWD, Path::new(&path), &accessed, &modified, follow)?)
        }

    /// mknod(2), unlinking what was there; for character devices, FIFOs and regular files.
    MakeNode { path: String, kind: FileKind, node: DeviceNumber } -> (): make_node | try_make_node,
        "make the node {path}" => {
            let kind = match kind {
                FileKind::CharacterDevice => SFlag::S_IFCHR,
                FileKind::Fifo => SFlag::S_IFIFO,
                FileKind::Regular => SFlag::S_IFREG,
                _ => return Err(Errno::EINVAL),
            };
            match nix::unistd::unlink(Path::new(&path)) {
                Ok(()) | Err(SysErrno::ENOENT) => {}
                Err(errno) => return Err(errno.into()),
            }
            let device = nix::sys::stat::makedev(node.major, node.minor);
            Ok(nix::sys::stat::mknod(Path::new(&path), kind, Mode::from_bits_truncate(0o666), device)?)
        }

    /// mkdir(2) with mode 0755.
    MakeDirectory { path: String } -> (): make_directory | try_make_directory,
        "make the directory {path}" => {
            Ok(nix::unistd::mkdir(Path::new(&path), Mode::from_bits_truncate(0o755))?)
        }

    /// unlink(2).
    Unlink { path: String } -> (): unlink | try_unlink,
        "unlink {path}" => { Ok(nix::unistd::unlink(Path::new(&path))?) }

    /// rename(2).
    Rename { from: String, to: String } -> (): rename | try_rename,
        "rename {from} to {to}" => { Ok(std::fs::rename(from, to)?) }

    /// link(2).
    Link { from: String, to: String } -> (): link | try_link,
        "link {from} to {to}" => { Ok(std::fs::hard_link(from, to)?) }

    /// symlink(2).
    Symlink { target: String, path: String } -> (): symlink | try_symlink,
        "make {path} a symbolic link to {target}" => { Ok(std::os::unix::fs::symlink(target, path)?) }

    /// chmod(2).
    SetMode { path: String, mode: u32 } -> (): set_mode | try_set_mode,
        "set the mode of {path} to {mode:04o}" => {
            Ok(std::fs::set_permissions(path, Permissions::from_mode(mode))?)
        }

    /// chown(2).
    SetOwner { path: String, user: u32, group: u32 } -> (): set_owner | try_set_owner,
        "give {path} to user {user} and group {group}" => {
            Ok(nix::unistd::chown(Path::new(&path), Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))?)
        }

    /// setxattr(2).
    SetAttribute { path: String, name: String, value: Bytes } -> (): set_attribute | try_set_attribute,
        "set the attribute {name} of {path}" => { set_extended_attribute(&path, &name, &value.0) }
}

values! { FileTimes }

/// When a file was last read and written, as inode(7) has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTimes {
    /// `st_atim`.
    pub accessed: Moment,
    /// `st_mtim`.
    pub modified: Moment,
}

impl Falsify for FileTimes {
    fn falsify(&mut self) {
        self.accessed.seconds += 1_000_000;
        self.modified.seconds += 1_000_000;
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanoseconds: i64,
}

impl Moment {
    /// The beginning of a second.
    pub const fn second(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0 }
    }
}

/// setxattr(2), which the wrapper of system calls lacks.
fn set_extended_attribute(path: &str, name: &str, value: &[u8]) -> Result<(), Errno> {
    let text = |text: &str| CString::new(text).map_err(|_| Errno::EINVAL);
    let (path, name) = (text(path)?, text(name)?);
    // SAFETY: both strings end with a zero byte, the value is as long as told, and all live through the call.
    let result = unsafe { libc::setxattr(path.as_ptr(), name.as_ptr(), value.as_ptr().cast(), value.len(), 0) };
    SysErrno::result(result)?;
    Ok(())
}
