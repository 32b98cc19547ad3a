//! What a terminal says of itself.

use nix::libc;
use ptyproof_probe::{Errno, TerminalFacts, tty};
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;

/// What a terminal says of itself, or `ENOTTY`.
pub fn facts(descriptor: BorrowedFd<'_>) -> Result<TerminalFacts, Errno> {
    Ok(TerminalFacts {
        termios: tty::termios(descriptor)?,
        size: tty::size(descriptor)?,
        name: nix::unistd::ttyname(descriptor).map(|name| name.display().to_string()).map_err(Errno::from),
        session: nix::sys::termios::tcgetsid(descriptor).map(|session| session.as_raw()).map_err(Errno::from),
        foreground_group: nix::unistd::tcgetpgrp(descriptor).map(|group| group.as_raw()).map_err(Errno::from),
    })
}

/// The controlling terminal through `/dev/tty`. tty(4).
pub fn controlling() -> Result<TerminalFacts, Errno> {
    let tty = File::options().read(true).write(true).custom_flags(libc::O_NOCTTY | libc::O_CLOEXEC).open("/dev/tty")?;
    facts(tty.as_fd())
}
