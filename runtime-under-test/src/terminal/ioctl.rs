//! The terminal ioctls of ioctl_tty(2) that the design uses, as safe functions.

use nix::{errno::Errno, libc};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

mod raw {
    use nix::libc;
    nix::ioctl_read_bad!(tiocgptn, libc::TIOCGPTN, libc::c_uint);
    nix::ioctl_write_ptr_bad!(tiocsptlck, libc::TIOCSPTLCK, libc::c_int);
    nix::ioctl_write_int_bad!(tiocgptpeer, libc::TIOCGPTPEER);
    nix::ioctl_read_bad!(tiocgwinsz, libc::TIOCGWINSZ, libc::winsize);
    nix::ioctl_write_ptr_bad!(tiocswinsz, libc::TIOCSWINSZ, libc::winsize);
    nix::ioctl_write_int_bad!(tiocsctty, libc::TIOCSCTTY);
}

/// The number N of the slave `/dev/pts/N` of `master`.
pub fn slave_number(master: impl AsFd) -> Result<u32, Errno> {
    let mut number = 0;
    // SAFETY: the kernel writes one unsigned int.
    unsafe { raw::tiocgptn(master.as_fd().as_raw_fd(), &mut number) }?;
    Ok(number)
}

/// Lets the slave of `master` be opened: a new pty is locked.
pub fn unlock(master: impl AsFd) -> Result<(), Errno> {
    // SAFETY: the kernel reads one int.
    unsafe { raw::tiocsptlck(master.as_fd().as_raw_fd(), &0) }.map(drop)
}

/// Opens the slave of `master` itself, whatever its path has become.
pub fn open_peer(master: impl AsFd) -> Result<OwnedFd, Errno> {
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: takes flags, no pointers.
    let fd = unsafe { raw::tiocgptpeer(master.as_fd().as_raw_fd(), flags) }?;
    // SAFETY: the kernel just returned this descriptor, nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Reads the window size of a terminal (either end of a pty).
pub fn window_size(terminal: impl AsFd) -> Result<libc::winsize, Errno> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the kernel writes one winsize.
    unsafe { raw::tiocgwinsz(terminal.as_fd().as_raw_fd(), &mut size) }?;
    Ok(size)
}

/// Sets the window size; the foreground process group gets SIGWINCH if that changes it.
pub fn set_window_size(terminal: impl AsFd, size: &libc::winsize) -> Result<(), Errno> {
    // SAFETY: the kernel reads one winsize.
    unsafe { raw::tiocswinsz(terminal.as_fd().as_raw_fd(), size) }.map(drop)
}

/// Makes `terminal` the controlling terminal of the caller's session. The argument is 0: it must never be taken away
/// from another session, which 1 would do for root.
pub fn make_controlling(terminal: impl AsFd) -> Result<(), Errno> {
    // SAFETY: takes an int, no pointers.
    unsafe { raw::tiocsctty(terminal.as_fd().as_raw_fd(), 0) }.map(drop)
}
