//! Terminals: settings, size, names, and the ioctls that have no wrapper.

use nix::libc;
use ptyproof_probe::{Errno, IoctlName, Size, TerminalFacts, TermiosAction, TermiosFacts};
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;

/// What a terminal says of itself, or `ENOTTY`.
pub fn facts(descriptor: BorrowedFd<'_>) -> Result<TerminalFacts, Errno> {
    Ok(TerminalFacts {
        termios: termios(descriptor)?,
        size: size(descriptor)?,
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

/// tcgetattr(3).
pub fn termios(descriptor: BorrowedFd<'_>) -> Result<TermiosFacts, Errno> {
    let raw = raw_termios(descriptor)?;
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

/// CBAUD and CIBAUD: where `c_cflag` holds the speeds, which are reported on their own.
const SPEED_BITS: u32 = libc::CBAUD | libc::CIBAUD;

fn raw_termios(descriptor: BorrowedFd<'_>) -> Result<libc::termios, Errno> {
    let mut raw = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the pointer is valid for one `struct termios`, which tcgetattr fills when it returns 0; only
    // then is it read.
    let raw = unsafe {
        nix::errno::Errno::result(libc::tcgetattr(descriptor.as_raw_fd(), raw.as_mut_ptr()))?;
        raw.assume_init()
    };
    Ok(raw)
}

/// tcsetattr(3); speeds stay as they are.
pub fn set_termios(
    descriptor: BorrowedFd<'_>,
    action: TermiosAction,
    wanted: &TermiosFacts,
) -> Result<(), Errno> {
    let mut raw = raw_termios(descriptor)?;
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
    nix::errno::Errno::result(unsafe { libc::tcsetattr(descriptor.as_raw_fd(), action, &raw) })?;
    Ok(())
}

/// TIOCGWINSZ.
pub fn size(descriptor: BorrowedFd<'_>) -> Result<Size, Errno> {
    let mut raw = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCGWINSZ writes one `struct winsize` to a valid pointer.
    nix::errno::Errno::result(unsafe {
        libc::ioctl(descriptor.as_raw_fd(), libc::TIOCGWINSZ, &raw mut raw)
    })?;
    Ok(Size {
        rows: raw.ws_row,
        columns: raw.ws_col,
        x_pixels: raw.ws_xpixel,
        y_pixels: raw.ws_ypixel,
    })
}

/// TIOCSWINSZ.
pub fn set_size(descriptor: BorrowedFd<'_>, size: Size) -> Result<(), Errno> {
    let raw = libc::winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: size.x_pixels,
        ws_ypixel: size.y_pixels,
    };
    // SAFETY: TIOCSWINSZ reads one `struct winsize` from a valid pointer.
    nix::errno::Errno::result(unsafe {
        libc::ioctl(descriptor.as_raw_fd(), libc::TIOCSWINSZ, &raw const raw)
    })?;
    Ok(())
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
        }
    };
    nix::errno::Errno::result(returned)?;
    Ok(match name {
        IoctlName::Fionread | IoctlName::Tiocgptn => i64::from(number),
        _ => i64::from(returned),
    })
}
