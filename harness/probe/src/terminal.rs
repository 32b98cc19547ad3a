//! What a terminal says of itself, and ioctls by name.

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ptyproof_probe::{Errno, IoctlName, Readiness, TerminalFacts, tty};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;

/// What a terminal says of itself, or `ENOTTY`.
pub fn facts(descriptor: BorrowedFd<'_>) -> Result<TerminalFacts, Errno> {
    Ok(TerminalFacts {
        termios: tty::termios(descriptor)?,
        size: tty::size(descriptor)?,
        name: nix::unistd::ttyname(descriptor)
            .map(|name| name.display().to_string())
            .map_err(Errno::from),
        session: nix::sys::termios::tcgetsid(descriptor)
            .map(|session| session.as_raw())
            .map_err(Errno::from),
        foreground_group: nix::unistd::tcgetpgrp(descriptor)
            .map(|group| group.as_raw())
            .map_err(Errno::from),
    })
}

/// The controlling terminal through `/dev/tty`. tty(4).
pub fn controlling() -> Result<TerminalFacts, Errno> {
    let tty = File::options()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NOCTTY | libc::O_CLOEXEC)
        .open("/dev/tty")?;
    facts(tty.as_fd())
}

/// What poll(2) says at once.
pub fn readiness(descriptor: BorrowedFd<'_>) -> Result<Readiness, Errno> {
    let events = PollFlags::POLLIN | PollFlags::POLLOUT;
    let mut watched = [PollFd::new(descriptor, events)];
    poll(&mut watched, PollTimeout::ZERO)?;
    let ready = watched[0].revents().unwrap_or(PollFlags::empty());
    Ok(Readiness {
        readable: ready.contains(PollFlags::POLLIN),
        writable: ready.contains(PollFlags::POLLOUT),
    })
}

/// An ioctl by name: the number that the kernel hands back, or what the call returned.
pub fn ioctl(descriptor: BorrowedFd<'_>, name: IoctlName, argument: i64) -> Result<i64, Errno> {
    let raw = descriptor.as_raw_fd();
    let mut number: libc::c_int = 0;
    let byte = argument as u8;
    // SAFETY: FIONREAD and TIOCGPTN write one int to a valid pointer, TIOCSTI reads one byte from a valid
    // pointer, and the others take their argument by value or not at all.
    let returned = unsafe {
        match name {
            IoctlName::Fionread => libc::ioctl(raw, libc::FIONREAD, &raw mut number),
            IoctlName::Tiocgptn => libc::ioctl(raw, libc::TIOCGPTN, &raw mut number),
            IoctlName::Tiocsti => libc::ioctl(raw, libc::TIOCSTI, &raw const byte),
            IoctlName::Tiocsctty => libc::ioctl(raw, libc::TIOCSCTTY, argument),
            IoctlName::Tiocnotty => libc::ioctl(raw, libc::TIOCNOTTY),
            IoctlName::Tiocexcl => libc::ioctl(raw, libc::TIOCEXCL),
            IoctlName::Tcflsh => libc::ioctl(raw, libc::TCFLSH, argument),
            IoctlName::Tcxonc => libc::ioctl(raw, libc::TCXONC, argument),
        }
    };
    nix::errno::Errno::result(returned)?;
    Ok(match name {
        IoctlName::Fionread | IoctlName::Tiocgptn => i64::from(number),
        _ => i64::from(returned),
    })
}
