//! The ioctls of terminals that nix has no wrapper for and that the probe does not share. ioctl_tty(2).

use nix::libc;
use ptyproof_probe::{Errno, TermiosAction, TermiosFacts, tty};
use std::os::fd::{AsFd, AsRawFd};

fn call(result: i32) -> Result<i32, Errno> {
    nix::errno::Errno::result(result).map_err(Errno::from)
}

/// TIOCGPTN: the number of a master's pty. `ENOTTY` for everything that is no master.
pub fn pts_number(master: impl AsFd) -> Result<u32, Errno> {
    let mut number: libc::c_uint = 0;
    // SAFETY: TIOCGPTN writes one unsigned int to a valid pointer.
    call(unsafe { libc::ioctl(master.as_fd().as_raw_fd(), libc::TIOCGPTN, &raw mut number) })?;
    Ok(number)
}

/// TIOCSCTTY with argument 0: only a session leader without a terminal may, and nothing is stolen.
pub fn acquire_controlling_terminal(terminal: impl AsFd) -> Result<(), Errno> {
    // SAFETY: TIOCSCTTY takes its argument by value.
    call(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::TIOCSCTTY, 0) })?;
    Ok(())
}

/// TIOCGPTPEER: the slave of a master without any path, never as controlling terminal. Linux 4.13.
pub(super) fn peer(master: impl AsFd) -> Result<i32, Errno> {
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: TIOCGPTPEER takes its argument by value and returns a new descriptor.
    call(unsafe { libc::ioctl(master.as_fd().as_raw_fd(), libc::TIOCGPTPEER, flags) })
}

/// FIONREAD: how many bytes can be read. Of a slave in canonical mode those of whole lines count, and after
/// more than a line holds the kernel may say -1.
pub fn unread(terminal: impl AsFd) -> Result<i32, Errno> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int to a valid pointer.
    call(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::FIONREAD, &raw mut count) })?;
    Ok(count)
}

/// TIOCPKT on a master: while it is on, poll(2) says `POLLPRI` when flow control of the slave changes.
/// ioctl_tty(2).
pub fn set_packet_mode(master: impl AsFd, on: bool) -> Result<(), Errno> {
    let on = libc::c_int::from(on);
    // SAFETY: TIOCPKT reads one int from a valid pointer.
    call(unsafe {
        libc::ioctl(
            master.as_fd().as_raw_fd(),
            libc::TIOCPKT as libc::Ioctl,
            &raw const on,
        )
    })?;
    Ok(())
}

/// tcsetattr(3) with `TCSANOW`; speeds stay as they are. On a master it changes its slave.
pub fn set_termios(terminal: impl AsFd, wanted: &TermiosFacts) -> Result<(), Errno> {
    tty::set_termios(terminal, TermiosAction::Now, wanted)
}
