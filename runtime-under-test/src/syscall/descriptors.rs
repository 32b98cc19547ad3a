//! Closing what must not reach the container, and what must survive on the way there.

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::{errno::Errno, libc};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

/// Closes every descriptor of this process from `first` on, except those in `keep`, close_range(2).
///
/// Meant for a freshly forked child: whatever object still owns a closed descriptor must be forgotten, not dropped.
pub fn close_from_except(first: RawFd, keep: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let mut kept: Vec<RawFd> = keep.iter().map(AsRawFd::as_raw_fd).filter(|fd| *fd >= first).collect();
    kept.sort_unstable();
    let mut from = first;
    for fd in kept {
        if from < fd {
            close_range(from, fd - 1)?;
        }
        from = fd + 1;
    }
    close_range(from, RawFd::MAX)
}

fn close_range(first: RawFd, last: RawFd) -> Result<(), Errno> {
    // SAFETY: takes no pointers. Which descriptors may go is the caller's promise, see above.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first as libc::c_uint, last as libc::c_uint, 0) };
    Errno::result(result).map(drop)
}

/// Whether descriptor number `fd` is open in this process.
pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD on any number is harmless, a closed one gives EBADF.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    flags >= 0
}

/// Makes `fd` survive an execve, or not.
pub fn set_inherited(fd: impl AsFd, inherited: bool) -> Result<(), Errno> {
    let flags = if inherited { FdFlag::empty() } else { FdFlag::FD_CLOEXEC };
    fcntl(fd, FcntlArg::F_SETFD(flags)).map(drop)
}
