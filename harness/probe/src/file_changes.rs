//! Changing the filesystem.

use nix::errno::Errno as SysErrno;
use nix::libc;
use nix::sys::stat::{Mode, SFlag};
use nix::unistd::{Gid, Uid};
use ptyproof_probe::{DeviceNumber, Errno, FileChange, FileKind};
use std::ffi::CString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Performs a change.
pub fn perform(change: &FileChange) -> Result<(), Errno> {
    match change {
        FileChange::MakeDirectory { path } => {
            nix::unistd::mkdir(Path::new(path), Mode::from_bits_truncate(0o755))?;
        }
        FileChange::Unlink { path } => nix::unistd::unlink(Path::new(path))?,
        FileChange::Rename { from, to } => std::fs::rename(from, to)?,
        FileChange::Link { from, to } => std::fs::hard_link(from, to)?,
        FileChange::Symlink { target, path } => std::os::unix::fs::symlink(target, path)?,
        FileChange::SetMode { path, mode } => {
            std::fs::set_permissions(path, Permissions::from_mode(*mode))?;
        }
        FileChange::SetOwner { path, user, group } => {
            let (user, group) = (Uid::from_raw(*user), Gid::from_raw(*group));
            nix::unistd::chown(Path::new(path), Some(user), Some(group))?;
        }
        FileChange::SetAttribute { path, name, value } => set_attribute(path, name, &value.0)?,
    }
    Ok(())
}

/// setxattr(2), which the wrapper of system calls lacks.
fn set_attribute(path: &str, name: &str, value: &[u8]) -> Result<(), Errno> {
    let invalid = |_| Errno::EINVAL;
    let path = CString::new(path).map_err(invalid)?;
    let name = CString::new(name).map_err(invalid)?;
    // SAFETY: both strings end with a zero byte, the value is as long as told, and all live through the call.
    let result = unsafe { libc::setxattr(path.as_ptr(), name.as_ptr(), value.as_ptr().cast(), value.len(), 0) };
    SysErrno::result(result)?;
    Ok(())
}

/// mknod(2), unlinking what was there; for character devices, FIFOs and regular files.
pub fn make_node(path: &str, kind: FileKind, node: DeviceNumber) -> Result<(), Errno> {
    let kind = match kind {
        FileKind::CharacterDevice => SFlag::S_IFCHR,
        FileKind::Fifo => SFlag::S_IFIFO,
        FileKind::Regular => SFlag::S_IFREG,
        _ => return Err(Errno::EINVAL),
    };
    match nix::unistd::unlink(Path::new(path)) {
        Ok(()) | Err(SysErrno::ENOENT) => {}
        Err(errno) => return Err(errno.into()),
    }
    let device = nix::sys::stat::makedev(node.major, node.minor);
    nix::sys::stat::mknod(path, kind, Mode::from_bits_truncate(0o666), device)?;
    Ok(())
}
