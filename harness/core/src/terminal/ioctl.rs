//! The ioctls of terminals that the harness uses itself. ioctl_tty(2).

use ptyproof_probe::ioctl::ioctl;
use ptyproof_probe::{Errno, IoctlName, TermiosAction, TermiosFacts, tty};
use std::os::fd::AsFd;

/// TIOCGPTN: the number of a master's pty. `ENOTTY` for everything that is no master.
pub fn pts_number(master: impl AsFd) -> Result<u32, Errno> {
    Ok(ioctl(master, IoctlName::Tiocgptn, 0)? as u32)
}

/// TIOCSCTTY with argument 0: only a session leader without a terminal may, and nothing is stolen.
pub fn acquire_controlling_terminal(terminal: impl AsFd) -> Result<(), Errno> {
    ioctl(terminal, IoctlName::Tiocsctty, 0).map(drop)
}

/// FIONREAD: how many bytes can be read. Of a slave in canonical mode those of whole lines count, and after
/// more than a line holds the kernel may say -1.
pub fn unread(terminal: impl AsFd) -> Result<i32, Errno> {
    Ok(ioctl(terminal, IoctlName::Fionread, 0)? as i32)
}

/// TIOCPKT on a master: while it is on, poll(2) says `POLLPRI` when flow control of the slave changes.
pub fn set_packet_mode(master: impl AsFd, on: bool) -> Result<(), Errno> {
    ioctl(master, IoctlName::Tiocpkt, i64::from(on)).map(drop)
}

/// tcsetattr(3) with `TCSANOW`; speeds stay as they are. On a master it changes its slave.
pub fn set_termios(terminal: impl AsFd, wanted: &TermiosFacts) -> Result<(), Errno> {
    tty::set_termios(terminal, TermiosAction::Now, wanted)
}
