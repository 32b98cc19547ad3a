//! Step 8: the standard streams, and the controlling terminal.

use super::{Slave, TerminalError, ioctl};
use crate::rootfs::RootDir;
use crate::syscall::kind;
use nix::fcntl::{OFlag, ResolveFlag};
use nix::sys::stat::{SFlag, fstat, makedev};
use nix::unistd::{Uid, dup2_stderr, dup2_stdin, dup2_stdout, fchown};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

/// Makes `slave` the process's 0, 1 and 2: one open file three times.
pub fn place_streams(slave: &Slave) -> Result<(), TerminalError> {
    let failed = TerminalError::ioctl("placing the terminal on the standard streams");
    dup2_stdin(slave).and_then(|()| dup2_stdout(slave)).and_then(|()| dup2_stderr(slave)).map_err(failed)
}

/// Makes `slave` the controlling terminal of the process's session.
///
/// The caller is the leader of a session without a terminal (step 1), or the kernel answers EPERM. That is fatal: a
/// shell without a controlling terminal has no job control, and ^C reaches nobody.
pub fn acquire(slave: &Slave) -> Result<(), TerminalError> {
    let failed = TerminalError::ioctl("making the terminal the controlling one (TIOCSCTTY)");
    ioctl::make_controlling(slave).map_err(failed)
}

/// Leaves the process the caller's streams, for want of a terminal.
///
/// Where one of them is the host's `/dev/null`, this puts the container's own in its place: the process may then
/// reopen and own it without touching the host's. Pipes are given to `user`, the process's, as runc and crun do: they
/// have mode 0600, so that a server without root could not open `/dev/stdout` (proc_pid_fd(5)). A terminal stays the
/// caller's, or a process of that user on the host could open it, and the caller perhaps not any more.
pub fn keep_streams(root: &RootDir, user: Uid) -> Result<(), TerminalError> {
    let null = makedev(1, 3);
    // SAFETY: std opens 0, 1 and 2 before main, and nothing here closes them.
    let streams = [0, 1, 2].map(|fd| unsafe { BorrowedFd::borrow_raw(fd) });
    for (number, stream) in streams.iter().enumerate() {
        let stat = fstat(stream).map_err(TerminalError::ioctl("examining a standard stream"))?;
        let kind = kind(&stat);
        if kind == SFlag::S_IFIFO {
            // Refused where the user namespace does not know the pipe's owner: the process has it open all the same.
            let _ = fchown(stream, Some(user), None);
        }
        if stat.st_rdev != null || kind != SFlag::S_IFCHR {
            continue;
        }
        let Ok(own) = root.open_below(Path::new("/dev/null"), OFlag::O_RDWR, ResolveFlag::empty()) else {
            continue;
        };
        if fstat(&own).is_ok_and(|stat| stat.st_rdev == null) {
            replace(number, own.as_fd()).map_err(TerminalError::ioctl("replacing a standard stream"))?;
        }
    }
    Ok(())
}

fn replace(number: usize, with: BorrowedFd<'_>) -> Result<(), nix::errno::Errno> {
    match number {
        0 => dup2_stdin(with),
        1 => dup2_stdout(with),
        _ => dup2_stderr(with),
    }
}
