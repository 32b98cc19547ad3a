//! Step 8: the standard streams, and the controlling terminal.

use super::{Slave, TerminalError, ioctl};
use crate::defect::{Defect, active, faults};
use crate::rootfs::RootDir;
use nix::fcntl::{OFlag, ResolveFlag};
use nix::sys::stat::{SFlag, fstat, makedev};
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

/// Makes `slave` the process's 0, 1 and 2, one open file three times, and its controlling terminal.
///
/// The caller is the leader of a session without a terminal (step 1), or the kernel answers EPERM. That is fatal: a
/// shell without a controlling terminal has no job control, and ^C reaches nobody.
pub fn become_streams(slave: Slave) -> Result<(), TerminalError> {
    let failed = || TerminalError::ioctl("placing the terminal on the standard streams");
    if active(Defect::StdinDevNull) {
        dup2_stdin(faults::dev_null()?).map_err(failed())?;
    } else {
        dup2_stdin(&slave).map_err(failed())?;
    }
    let output = if active(Defect::TtyOpensSeparately) {
        faults::opened_again(&slave)?
    } else {
        slave
    };
    dup2_stdout(&output).map_err(failed())?;
    if !active(Defect::StderrNotTerminal) {
        dup2_stderr(&output).map_err(failed())?;
    }
    faults::spoil_open_file(&output);
    if active(Defect::NoControllingTerminal) || active(Defect::NoSetsid) {
        return Ok(());
    }
    ioctl::make_controlling(output).map_err(TerminalError::ioctl(
        "making the terminal the controlling one (TIOCSCTTY)",
    ))
}

/// Where a standard stream is the host's `/dev/null`, puts the container's own in its place: the process may then
/// reopen and own it without touching the host's.
pub fn reopen_null_streams(root: &RootDir) -> Result<(), TerminalError> {
    let null = makedev(1, 3);
    // SAFETY: std opens 0, 1 and 2 before main, and nothing here closes them.
    let streams = [0, 1, 2].map(|fd| unsafe { BorrowedFd::borrow_raw(fd) });
    for (number, stream) in streams.iter().enumerate() {
        let stat = fstat(stream).map_err(TerminalError::ioctl("examining a standard stream"))?;
        if stat.st_rdev != null || stat.st_mode & SFlag::S_IFMT.bits() != SFlag::S_IFCHR.bits() {
            continue;
        }
        let Ok(own) = root.open_below(Path::new("/dev/null"), OFlag::O_RDWR, ResolveFlag::empty())
        else {
            continue;
        };
        if fstat(&own).is_ok_and(|stat| stat.st_rdev == null) {
            replace(number, own.as_fd())
                .map_err(TerminalError::ioctl("replacing a standard stream"))?;
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
