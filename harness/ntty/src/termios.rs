//! The settings of a terminal.

use crate::flags::{cc, cflag, iflag, lflag, oflag};

/// `struct termios` with the numbers of Linux on x86-64; the flags are in [`iflag`], [`oflag`], [`cflag`] and [`lflag`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termios {
    /// What becomes of typed bytes.
    pub iflag: u32,
    /// What becomes of written bytes.
    pub oflag: u32,
    /// The line's shape.
    pub cflag: u32,
    /// Lines, echo, signals.
    pub lflag: u32,
    /// The number of the line discipline: kept, and never acted upon.
    pub line: u8,
    /// Special characters and the two numbers of raw reads, indexed by [`cc`]. A character 0 is switched off.
    pub cc: [u8; 19],
}

impl Default for Termios {
    /// What the kernel gives a new pty (PT-07).
    fn default() -> Termios {
        use lflag::{ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ICANON, IEXTEN, ISIG};
        let mut characters = [0; 19];
        for (index, value) in [
            (cc::VINTR, 0x03),
            (cc::VQUIT, 0x1c),
            (cc::VERASE, 0x7f),
            (cc::VKILL, 0x15),
            (cc::VEOF, 0x04),
            (cc::VMIN, 1),
            (cc::VSTART, 0x11),
            (cc::VSTOP, 0x13),
            (cc::VSUSP, 0x1a),
            (cc::VREPRINT, 0x12),
            (13, 0x0f), // VDISCARD, which Linux has no use for
            (cc::VWERASE, 0x17),
            (cc::VLNEXT, 0x16),
        ] {
            characters[index] = value;
        }
        Termios {
            iflag: iflag::ICRNL | iflag::IXON,
            oflag: oflag::OPOST | oflag::ONLCR,
            cflag: cflag::B38400 | cflag::CS8 | cflag::CREAD,
            lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
            line: 0,
            cc: characters,
        }
    }
}

impl Termios {
    /// Whether any of these bits of `c_iflag` is set.
    pub(crate) fn input(&self, bits: u32) -> bool {
        self.iflag & bits != 0
    }

    /// Whether any of these bits of `c_oflag` is set.
    pub(crate) fn output(&self, bits: u32) -> bool {
        self.oflag & bits != 0
    }

    /// Whether any of these bits of `c_lflag` is set.
    pub(crate) fn local(&self, bits: u32) -> bool {
        self.lflag & bits != 0
    }

    /// Whether `c` is the special character at `index`. A character 0 is switched off.
    pub(crate) fn is(&self, index: usize, c: u8) -> bool {
        self.cc[index] == c
    }

    /// Lines are made and edited here: `ICANON`, and nobody else edits.
    pub(crate) fn reads_lines(&self) -> bool {
        self.local(lflag::ICANON) && !self.local(lflag::EXTPROC)
    }
}
