//! Settings, speeds, locks and size of terminals, for the probe inside and the harness outside. termios(3), ioctl_tty(2).

use crate::falsify::Falsify;
use crate::values::{Errno, Size, TermiosFacts};
use nix::libc;
use serde::{Deserialize, Serialize};
use std::os::fd::{AsFd, AsRawFd};
use std::{fmt, mem::MaybeUninit};

/// When a change of termios takes effect. tcsetattr(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermiosAction {
    /// At once, `TCSANOW`.
    Now,
    /// After the output is sent, `TCSADRAIN`.
    Drain,
    /// After the output is sent, and unread input is discarded, `TCSAFLUSH`.
    Flush,
}

impl fmt::Display for TermiosAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "TCSANOW",
            Self::Drain => "TCSADRAIN",
            Self::Flush => "TCSAFLUSH",
        })
    }
}

/// The speeds of a terminal's line as the kernel keeps them. termios(3), TCSETS2 in ioctl_tty(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speeds {
    /// The `B...` code in `c_cflag`; `BOTHER` where only the numbers tell.
    pub code: u32,
    /// Input speed in bits per second.
    pub input: u32,
    /// Output speed in bits per second.
    pub output: u32,
}

impl Falsify for Speeds {
    fn falsify(&mut self) {
        self.code ^= 1;
    }
}

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

const NOTHING: libc::termios2 = libc::termios2 {
    c_iflag: 0,
    c_oflag: 0,
    c_cflag: 0,
    c_lflag: 0,
    c_line: 0,
    c_cc: [0; 19],
    c_ispeed: 0,
    c_ospeed: 0,
};

/// The ioctls that read or write this structure. The kernel's `struct termios` is the beginning of its `struct termios2`.
#[derive(Clone, Copy)]
enum Call {
    Get,
    Set,
    GetLocked,
    SetLocked,
}

fn line(terminal: &impl AsFd, ioctl: Call, settings: &mut libc::termios2) -> Result<(), Errno> {
    let request = match ioctl {
        Call::Get => libc::TCGETS2,
        Call::Set => libc::TCSETS2,
        Call::GetLocked => libc::TIOCGLCKTRMIOS,
        Call::SetLocked => libc::TIOCSLCKTRMIOS,
    };
    // SAFETY: each of these reads or writes one `struct termios2`, or its beginning, at a valid pointer.
    call(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), request, std::ptr::from_mut(settings)) })
}

/// TCGETS2.
pub fn speeds(terminal: impl AsFd) -> Result<Speeds, Errno> {
    let mut raw = NOTHING;
    line(&terminal, Call::Get, &mut raw)?;
    Ok(Speeds { code: raw.c_cflag & libc::CBAUD, input: raw.c_ispeed, output: raw.c_ospeed })
}

/// TCSETS2: other speeds, and all else as it is. Both directions get the same code.
pub fn set_speeds(terminal: impl AsFd, wanted: Speeds) -> Result<(), Errno> {
    let mut raw = NOTHING;
    line(&terminal, Call::Get, &mut raw)?;
    raw.c_cflag &= !(libc::CBAUD | libc::CIBAUD);
    raw.c_cflag |= wanted.code | (wanted.code << libc::IBSHIFT);
    raw.c_ispeed = wanted.input;
    raw.c_ospeed = wanted.output;
    line(&terminal, Call::Set, &mut raw)
}

/// TIOCGLCKTRMIOS: bits are set where settings are locked.
pub fn locked(terminal: impl AsFd) -> Result<TermiosFacts, Errno> {
    let mut raw = NOTHING;
    line(&terminal, Call::GetLocked, &mut raw)?;
    Ok(TermiosFacts {
        input: raw.c_iflag,
        output: raw.c_oflag,
        control: raw.c_cflag,
        local: raw.c_lflag,
        line: raw.c_line,
        characters: raw.c_cc,
        speeds: (0, 0),
    })
}

/// TIOCSLCKTRMIOS: settings whose bits are set can no longer be changed. Speeds cannot be locked by themselves.
pub fn lock(terminal: impl AsFd, bits: &TermiosFacts) -> Result<(), Errno> {
    let mut raw = libc::termios2 {
        c_iflag: bits.input,
        c_oflag: bits.output,
        c_cflag: bits.control,
        c_lflag: bits.local,
        c_line: bits.line,
        c_cc: bits.characters,
        ..NOTHING
    };
    line(&terminal, Call::SetLocked, &mut raw)
}
