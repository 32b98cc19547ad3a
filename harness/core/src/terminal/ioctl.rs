//! The ioctls and settings of terminals that nix has no wrapper for. ioctl_tty(2).

use nix::libc;
use ptyproof_probe::{Errno, Size, TermiosFacts};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};

fn call(result: i32) -> Result<i32, Errno> {
    nix::errno::Errno::result(result).map_err(Errno::from)
}

/// TIOCGWINSZ.
pub fn size(terminal: impl AsFd) -> Result<Size, Errno> {
    let mut raw = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCGWINSZ writes one `struct winsize` to a valid pointer.
    call(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::TIOCGWINSZ, &raw mut raw) })?;
    Ok(Size {
        rows: raw.ws_row,
        columns: raw.ws_col,
        x_pixels: raw.ws_xpixel,
        y_pixels: raw.ws_ypixel,
    })
}

/// TIOCSWINSZ: a change sends SIGWINCH to the foreground process group.
pub fn set_size(terminal: impl AsFd, size: Size) -> Result<(), Errno> {
    let raw = libc::winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: size.x_pixels,
        ws_ypixel: size.y_pixels,
    };
    // SAFETY: TIOCSWINSZ reads one `struct winsize` from a valid pointer.
    call(unsafe {
        libc::ioctl(
            terminal.as_fd().as_raw_fd(),
            libc::TIOCSWINSZ,
            &raw const raw,
        )
    })?;
    Ok(())
}

/// TIOCGPTN: the number of a master's pty. `ENOTTY` for everything that is no master.
pub fn pts_number(master: impl AsFd) -> Result<u32, Errno> {
    let mut number: libc::c_uint = 0;
    // SAFETY: TIOCGPTN writes one unsigned int to a valid pointer.
    call(unsafe { libc::ioctl(master.as_fd().as_raw_fd(), libc::TIOCGPTN, &raw mut number) })?;
    Ok(number)
}

/// FIONREAD: bytes that a read would return now.
pub fn queued_input(terminal: impl AsFd) -> Result<usize, Errno> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int to a valid pointer.
    call(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::FIONREAD, &raw mut count) })?;
    Ok(usize::try_from(count).unwrap_or(0))
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

/// TIOCPKT on a master: while it is on, poll(2) says `POLLPRI` when flow control of the slave changes.
/// ioctl_tty(2).
pub(super) fn set_packet_mode(master: impl AsFd, on: bool) -> Result<(), Errno> {
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

/// CBAUD and CIBAUD: where `c_cflag` holds the speeds, which are reported on their own.
const SPEED_BITS: u32 = libc::CBAUD | libc::CIBAUD;

fn raw_termios(terminal: impl AsFd) -> Result<libc::termios, Errno> {
    let mut raw = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the pointer is valid for one `struct termios`, which tcgetattr fills when it returns 0; only
    // then is it read.
    unsafe {
        call(libc::tcgetattr(
            terminal.as_fd().as_raw_fd(),
            raw.as_mut_ptr(),
        ))?;
        Ok(raw.assume_init())
    }
}

/// tcgetattr(3). On a master it gives the settings of its slave.
pub fn termios(terminal: impl AsFd) -> Result<TermiosFacts, Errno> {
    let raw = raw_termios(terminal)?;
    let mut characters = [0; 19];
    characters.copy_from_slice(&raw.c_cc[..19]);
    Ok(TermiosFacts {
        input: raw.c_iflag,
        output: raw.c_oflag,
        control: raw.c_cflag & !SPEED_BITS,
        local: raw.c_lflag,
        line: raw.c_line,
        characters,
        speeds: (raw.c_ispeed, raw.c_ospeed),
    })
}

/// tcsetattr(3) with `TCSANOW`; speeds stay as they are. On a master it changes its slave.
pub fn set_termios(terminal: impl AsFd, wanted: &TermiosFacts) -> Result<(), Errno> {
    let mut raw = raw_termios(&terminal)?;
    raw.c_iflag = wanted.input;
    raw.c_oflag = wanted.output;
    raw.c_cflag = (raw.c_cflag & SPEED_BITS) | (wanted.control & !SPEED_BITS);
    raw.c_lflag = wanted.local;
    raw.c_line = wanted.line;
    raw.c_cc[..19].copy_from_slice(&wanted.characters);
    // SAFETY: the pointer is to an initialised `struct termios` that lives through the call.
    call(unsafe { libc::tcsetattr(terminal.as_fd().as_raw_fd(), libc::TCSANOW, &raw) })?;
    Ok(())
}
