//! The flags of a terminal's settings, as numbers of Linux.
//!
//! Only the bits that mean something to a pseudo terminal's line discipline are named. All others (break and parity
//! handling, delays, fill characters, `IMAXBEL`, `PENDIN` ...) are kept and given back by the kernel, and do nothing.

/// `c_iflag`: what becomes of typed bytes.
pub mod iflag {
    /// Strip the eighth bit, before anything else.
    pub const ISTRIP: u32 = 0o40;
    /// Mark errors; without line errors, as on a pty: double every byte 255 in what is read.
    pub const PARMRK: u32 = 0o10;
    /// Newline becomes carriage return.
    pub const INLCR: u32 = 0o100;
    /// Carriage return is dropped.
    pub const IGNCR: u32 = 0o200;
    /// Carriage return becomes newline.
    pub const ICRNL: u32 = 0o400;
    /// Upper case becomes lower case; needs `IEXTEN`.
    pub const IUCLC: u32 = 0o1000;
    /// The stop and start characters control output.
    pub const IXON: u32 = 0o2000;
    /// Any character restarts output.
    pub const IXANY: u32 = 0o4000;
    /// Ask the other side to stop when the queue fills up. Nothing on a pty.
    pub const IXOFF: u32 = 0o10000;
    /// Ring the bell when the queue is full. Linux never does.
    pub const IMAXBEL: u32 = 0o20000;
    /// Input is UTF-8: the erase characters take whole characters.
    pub const IUTF8: u32 = 0o40000;
}

/// `c_oflag`: what becomes of written bytes and of echo.
pub mod oflag {
    /// Process output at all; without it all others do nothing.
    pub const OPOST: u32 = 0o1;
    /// Lower case becomes upper case.
    pub const OLCUC: u32 = 0o2;
    /// Newline becomes carriage return and newline.
    pub const ONLCR: u32 = 0o4;
    /// Carriage return becomes newline.
    pub const OCRNL: u32 = 0o10;
    /// No carriage return at column 0.
    pub const ONOCR: u32 = 0o20;
    /// Newline moves to column 0 by itself.
    pub const ONLRET: u32 = 0o40;
    /// The bits of tab handling.
    pub const TABDLY: u32 = 0o14000;
    /// The value of [`TABDLY`] that expands tabs to spaces; also called `TAB3`.
    pub const XTABS: u32 = 0o14000;
}

/// `c_cflag`: the line's shape, of which a pty has none. Kept, except for what every pty is forced to.
pub mod cflag {
    /// The bits of the character size.
    pub const CSIZE: u32 = 0o60;
    /// Eight bits a character: forced on.
    pub const CS8: u32 = 0o60;
    /// The receiver is on: forced on.
    pub const CREAD: u32 = 0o200;
    /// Parity: forced off.
    pub const PARENB: u32 = 0o400;
    /// 38400 baud, the speed a new pty claims.
    pub const B38400: u32 = 0o17;
}

/// `c_lflag`: lines, echo, signals.
pub mod lflag {
    /// The interrupt, quit and suspend characters send signals.
    pub const ISIG: u32 = 0o1;
    /// Input is read by lines, which can be edited.
    pub const ICANON: u32 = 0o2;
    /// Typed characters are echoed.
    pub const ECHO: u32 = 0o10;
    /// The erase character wipes the character off the screen.
    pub const ECHOE: u32 = 0o20;
    /// The kill character is followed by a newline.
    pub const ECHOK: u32 = 0o40;
    /// Newline is echoed also without [`ECHO`].
    pub const ECHONL: u32 = 0o100;
    /// A signal drops neither input nor output.
    pub const NOFLSH: u32 = 0o200;
    /// Control characters are echoed as `^X`.
    pub const ECHOCTL: u32 = 0o1000;
    /// Erased characters are printed between `\` and `/`, for paper.
    pub const ECHOPRT: u32 = 0o2000;
    /// The kill character wipes the line off the screen.
    pub const ECHOKE: u32 = 0o4000;
    /// Linux's extensions: word erase, literal next, reprint, second end of line, `IUCLC`.
    pub const IEXTEN: u32 = 0o100000;
    /// Somebody else edits: the kernel neither echoes, edits nor signals.
    pub const EXTPROC: u32 = 0o200000;
}

/// Indexes into `c_cc`.
pub mod cc {
    /// Interrupt: `^C`.
    pub const VINTR: usize = 0;
    /// Quit: `^\`.
    pub const VQUIT: usize = 1;
    /// Erase a character: `^?`.
    pub const VERASE: usize = 2;
    /// Erase the line: `^U`.
    pub const VKILL: usize = 3;
    /// End of file: `^D`.
    pub const VEOF: usize = 4;
    /// How long a raw read waits, in tenths of a second.
    pub const VTIME: usize = 5;
    /// How many bytes a raw read waits for.
    pub const VMIN: usize = 6;
    /// Start output: `^Q`.
    pub const VSTART: usize = 8;
    /// Stop output: `^S`.
    pub const VSTOP: usize = 9;
    /// Suspend: `^Z`.
    pub const VSUSP: usize = 10;
    /// Another end of line; none by default.
    pub const VEOL: usize = 11;
    /// Reprint the line: `^R`.
    pub const VREPRINT: usize = 12;
    /// Erase a word: `^W`.
    pub const VWERASE: usize = 14;
    /// The next character is literal: `^V`.
    pub const VLNEXT: usize = 15;
    /// A second other end of line; none by default.
    pub const VEOL2: usize = 16;
}
