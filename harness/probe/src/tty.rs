//! Settings and size of terminals, for the probe inside and the harness outside. termios(3), ioctl_tty(2).

use crate::{Errno, Size, TermiosAction, TermiosFacts};
use nix::libc;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};

fn call(result: i32) -> Result<(), Errno> {
    nix::errno::Errno::result(result)?;
    Ok(())
}

/// TIOCGWINSZ.
pub fn size(terminal: impl AsFd) -> Result<Size, Errno> {
    let mut raw = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one `struct winsize` to a valid pointer.
    call(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::TIOCGWINSZ, &raw mut raw) })?;
    Ok(Size { rows: raw.ws_row, columns: raw.ws_col, x_pixels: raw.ws_xpixel, y_pixels: raw.ws_ypixel })
}

/// TIOCSWINSZ: a change sends SIGWINCH to the foreground process group.
pub fn set_size(terminal: impl AsFd, size: Size) -> Result<(), Errno> {
    let raw =
        libc::winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: size.x_pixels, ws_ypixel: size.y_pixels };
    let terminal = terminal.as_fd().as_raw_fd();
    // SAFETY: TIOCSWINSZ reads one `struct winsize` from a valid pointer.
    call(unsafe { libc::ioctl(terminal, libc::TIOCSWINSZ, &raw const raw) })
}

/// CBAUD and CIBAUD: where `c_cflag` holds the speeds, which are reported on their own.
const SPEED_BITS: u32 = libc::CBAUD | libc::CIBAUD;

fn raw_termios(terminal: impl AsFd) -> Result<libc::termios, Errno> {
    let mut raw = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the pointer is valid for one `struct termios`, which tcgetattr fills when it returns 0; only
    // then is it read.
    unsafe {
        call(libc::tcgetattr(terminal.as_fd().as_raw_fd(), raw.as_mut_ptr()))?;
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

/// tcsetattr(3); speeds stay as they are. On a master it changes its slave.
pub fn set_termios(terminal: impl AsFd, action: TermiosAction, wanted: &TermiosFacts) -> Result<(), Errno> {
    let mut raw = raw_termios(&terminal)?;
    raw.c_iflag = wanted.input;
    raw.c_oflag = wanted.output;
    raw.c_cflag = (raw.c_cflag & SPEED_BITS) | (wanted.control & !SPEED_BITS);
    raw.c_lflag = wanted.local;
    raw.c_line = wanted.line;
    raw.c_cc[..19].copy_from_slice(&wanted.characters);
    let action = match action {
        TermiosAction::Now => libc::TCSANOW,
        TermiosAction::Drain => libc::TCSADRAIN,
        TermiosAction::Flush => libc::TCSAFLUSH,
    };
    // SAFETY: the pointer is to an initialised `struct termios` that lives through the call.
    call(unsafe { libc::tcsetattr(terminal.as_fd().as_raw_fd(), action, &raw) })
}
