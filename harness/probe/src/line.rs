//! Speeds and locks of a terminal's line, which tcsetattr(3) does not reach. ioctl_tty(2).

use crate::{Errno, LineCall, Reply, Speeds, TermiosFacts};
use nix::libc;
use std::os::fd::{AsFd, AsRawFd};

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

/// The ioctls of this file. The kernel's `struct termios` is the beginning of its `struct termios2`.
#[derive(Clone, Copy)]
enum Call {
    Get,
    Set,
    GetLocked,
    SetLocked,
}

fn call(terminal: &impl AsFd, call: Call, settings: &mut libc::termios2) -> Result<(), Errno> {
    let request = match call {
        Call::Get => libc::TCGETS2,
        Call::Set => libc::TCSETS2,
        Call::GetLocked => libc::TIOCGLCKTRMIOS,
        Call::SetLocked => libc::TIOCSLCKTRMIOS,
    };
    // SAFETY: each of these reads or writes one `struct termios2`, or its beginning, at a valid pointer.
    let returned = unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), request, std::ptr::from_mut(settings)) };
    nix::errno::Errno::result(returned)?;
    Ok(())
}

/// Performs a call on the settings of a line.
pub fn perform(terminal: impl AsFd, call: &LineCall) -> Result<Reply, Errno> {
    Ok(match call {
        LineCall::Speeds => Reply::Speeds(speeds(terminal)?),
        LineCall::SetSpeeds(wanted) => {
            set_speeds(terminal, *wanted)?;
            Reply::Done
        }
        LineCall::Locked => Reply::Termios(locked(terminal)?),
        LineCall::Lock(bits) => {
            lock(terminal, bits)?;
            Reply::Done
        }
    })
}

/// TCGETS2.
pub fn speeds(terminal: impl AsFd) -> Result<Speeds, Errno> {
    let mut raw = NOTHING;
    call(&terminal, Call::Get, &mut raw)?;
    Ok(Speeds { code: raw.c_cflag & libc::CBAUD, input: raw.c_ispeed, output: raw.c_ospeed })
}

/// TCSETS2: other speeds, and all else as it is. Both directions get the same code.
pub fn set_speeds(terminal: impl AsFd, wanted: Speeds) -> Result<(), Errno> {
    let mut raw = NOTHING;
    call(&terminal, Call::Get, &mut raw)?;
    raw.c_cflag &= !(libc::CBAUD | libc::CIBAUD);
    raw.c_cflag |= wanted.code | (wanted.code << libc::IBSHIFT);
    raw.c_ispeed = wanted.input;
    raw.c_ospeed = wanted.output;
    call(&terminal, Call::Set, &mut raw)
}

/// TIOCGLCKTRMIOS: bits are set where settings are locked.
pub fn locked(terminal: impl AsFd) -> Result<TermiosFacts, Errno> {
    let mut raw = NOTHING;
    call(&terminal, Call::GetLocked, &mut raw)?;
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
    call(&terminal, Call::SetLocked, &mut raw)
}
