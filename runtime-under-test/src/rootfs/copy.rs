//! Copying a directory's contents, link by link and node by node. Both ends are descriptors, and nothing is followed: the
//! image may be anybody's.

use crate::syscall::{Reason, kind};
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{FchmodatFlags, FileStat, Mode, SFlag, UtimensatFlags};
use nix::sys::stat::{fchmodat, fstat, fstatat, mkdirat, mknodat, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, fchownat, symlinkat};
use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// What could not be copied: a path below the directory, and what the kernel said.
#[derive(Debug)]
pub(super) struct CopyError(PathBuf, Errno);

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "copy {}: {}", self.0.display(), self.1.words())
    }
}

/// Copies everything in one directory into another, which is empty. Sockets are left out: nobody listens to their copies.
pub(super) fn contents(from: OwnedFd, to: OwnedFd) -> Result<(), CopyError> {
    directory(from, to.as_fd(), Path::new("."))
}

fn directory(from: OwnedFd, to: BorrowedFd<'_>, path: &Path) -> Result<(), CopyError> {
    let failed = |errno| CopyError(path.to_owned(), errno);
    let reader = from.try_clone().map_err(|error| failed(errno_of(&error)))?;
    for entry in Dir::from_fd(reader).map_err(failed)?.iter() {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            let path = path.join(OsStr::from_bytes(name.to_bytes()));
            copy(from.as_fd(), to, name, &path)?;
        }
    }
    Ok(())
}

fn copy(from: BorrowedFd<'_>, to: BorrowedFd<'_>, name: &CStr, path: &Path) -> Result<(), CopyError> {
    let failed = |errno| CopyError(path.to_owned(), errno);
    let seen = fstatat(from, name, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(failed)?;
    match kind(&seen) {
        SFlag::S_IFSOCK => return Ok(()),
        SFlag::S_IFDIR => {
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let open = |directory| openat(directory, name, flags, Mode::empty()).map_err(failed);
            mkdirat(to, name, Mode::S_IRWXU).map_err(failed)?;
            directory(open(from)?, open(to)?.as_fd(), path)?;
        }
        SFlag::S_IFREG => file(from, to, name).map_err(failed)?,
        SFlag::S_IFLNK => {
            let target = readlinkat(from, name).map_err(failed)?;
            symlinkat(target.as_os_str(), to, name).map_err(failed)?;
        }
        node => mknodat(to, name, node, Mode::empty(), seen.st_rdev).map_err(failed)?,
    }
    take_after(&seen, to, name).map_err(failed)
}

fn file(from: BorrowedFd<'_>, to: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let read = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let source = openat(from, name, read, Mode::empty())?;
    if kind(&fstat(&source)?) != SFlag::S_IFREG {
        return Err(Errno::EAGAIN); // it was one just now
    }
    let write = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let copy = openat(to, name, write, Mode::empty())?;
    io::copy(&mut File::from(source), &mut File::from(copy)).map(drop).map_err(|error| errno_of(&error))
}

/// Owner, permissions and times, in this order: a change of owner takes permissions away.
fn take_after(original: &FileStat, to: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let owner = (Uid::from_raw(original.st_uid), Gid::from_raw(original.st_gid));
    fchownat(to, name, Some(owner.0), Some(owner.1), AtFlags::AT_SYMLINK_NOFOLLOW)?;
    if kind(original) != SFlag::S_IFLNK {
        let mode = Mode::from_bits_truncate(original.st_mode);
        fchmodat(to, name, mode, FchmodatFlags::NoFollowSymlink)?;
    }
    let read = TimeSpec::new(original.st_atime, original.st_atime_nsec);
    let written = TimeSpec::new(original.st_mtime, original.st_mtime_nsec);
    utimensat(to, name, &read, &written, UtimensatFlags::NoFollowSymlink)
}

fn errno_of(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(nix::libc::EIO))
}
