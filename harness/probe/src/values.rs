//! The small values that facts and requests are made of.

use crate::falsify::Falsify;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Bytes that may be anything, as lower-case hexadecimal in JSON.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(#[serde(with = "hex")] pub Vec<u8>);

impl Bytes {
    /// A pattern of printable lines with numbers, in which loss, repetition and disorder show.
    ///
    /// Each line is `NNNNNNN` and filling, 63 characters and what separates it from the next.
    pub fn pattern(lines: Lines, count: usize) -> Self {
        let end = match lines {
            Lines::Broken => b'\n',
            Lines::Unbroken => b'.',
        };
        let mut bytes = Vec::with_capacity(count + 64);
        for line in 0..count.div_ceil(64) {
            let filling = b'a' + (line % 26) as u8;
            bytes.extend_from_slice(format!("{line:07}").as_bytes());
            bytes.resize(bytes.len() + 56, filling);
            bytes.push(end);
        }
        bytes.truncate(count);
        Self(bytes)
    }
}

/// What separates the lines of [`Bytes::pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lines {
    /// A newline, which a terminal may translate.
    Broken,
    /// A full stop: no terminal translates any byte of it, whatever its settings.
    Unbroken,
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// An error number of the kernel, shown by its name (`ENXIO`). errno(3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Errno(pub i32);

#[allow(missing_docs, reason = "each is explained beside it")]
impl Errno {
    pub const ENOENT: Self = Self(nix::libc::ENOENT); // no such file or directory
    pub const EACCES: Self = Self(nix::libc::EACCES); // the permissions of a file refuse
    pub const EIO: Self = Self(nix::libc::EIO); // the other end is gone, or what was asked for failed
    pub const EAGAIN: Self = Self(nix::libc::EAGAIN); // it would block
    pub const EPERM: Self = Self(nix::libc::EPERM); // the process may not
    pub const ENOTTY: Self = Self(nix::libc::ENOTTY); // no terminal, or not this kind of terminal
    pub const EINVAL: Self = Self(nix::libc::EINVAL); // an argument makes no sense
    pub const EFAULT: Self = Self(nix::libc::EFAULT); // a pointer leads nowhere
    pub const EBUSY: Self = Self(nix::libc::EBUSY); // in use by somebody
    pub const EBADF: Self = Self(nix::libc::EBADF); // the descriptor is not open for this
    pub const ESPIPE: Self = Self(nix::libc::ESPIPE); // a file without positions
    pub const EINTR: Self = Self(nix::libc::EINTR); // a signal interrupted the call
    pub const ENODEV: Self = Self(nix::libc::ENODEV); // no such device
    pub const ENOSPC: Self = Self(nix::libc::ENOSPC); // nothing is left to give
    pub const ENXIO: Self = Self(nix::libc::ENXIO); // no such device: of `/dev/tty`, no controlling terminal
    pub const ENOSYS: Self = Self(nix::libc::ENOSYS); // no such system call
    pub const ESRCH: Self = Self(nix::libc::ESRCH); // no such process or process group
    pub const EXDEV: Self = Self(nix::libc::EXDEV); // what a filter of a case says, and no terminal
}

impl From<nix::errno::Errno> for Errno {
    fn from(errno: nix::errno::Errno) -> Self {
        Self(errno as i32)
    }
}

impl From<std::io::Error> for Errno {
    /// An error that the kernel did not make has no number; it becomes `EIO`.
    fn from(error: std::io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(nix::libc::EIO))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", nix::errno::Errno::from_raw(self.0))
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A signal by its number, shown by its name (`SIGHUP`). signal(7).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signal(pub i32);

#[allow(missing_docs, reason = "each is explained beside it")]
impl Signal {
    pub const HUP: Self = Self(nix::libc::SIGHUP); // hang-up of the controlling terminal
    pub const INT: Self = Self(nix::libc::SIGINT); // the interrupt character was typed
    pub const QUIT: Self = Self(nix::libc::SIGQUIT); // the quit character was typed
    pub const KILL: Self = Self(nix::libc::SIGKILL); // kill, cannot be caught
    pub const TERM: Self = Self(nix::libc::SIGTERM); // polite request to end
    pub const STOP: Self = Self(nix::libc::SIGSTOP); // stop, cannot be caught
    pub const CONT: Self = Self(nix::libc::SIGCONT); // continue a stopped process
    pub const TSTP: Self = Self(nix::libc::SIGTSTP); // the suspend character was typed
    pub const TTIN: Self = Self(nix::libc::SIGTTIN); // a background process read from its controlling terminal
    pub const TTOU: Self = Self(nix::libc::SIGTTOU); // a background process wrote to, or changed, its controlling terminal
    pub const IO: Self = Self(nix::libc::SIGIO); // a descriptor with `O_ASYNC` can be read, or written to again
    pub const WINCH: Self = Self(nix::libc::SIGWINCH); // the size of the terminal's window changed
    pub const USR1: Self = Self(nix::libc::SIGUSR1); // first signal with no meaning of its own
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match nix::sys::signal::Signal::try_from(self.0) {
            Ok(signal) => f.write_str(signal.as_str()),
            Err(_) => write!(f, "signal {}", self.0),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Size of a terminal's window. ioctl_tty(2), `struct winsize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Height in characters.
    pub rows: u16,
    /// Width in characters.
    pub columns: u16,
    /// Width in pixels; 0 where nobody knows.
    pub x_pixels: u16,
    /// Height in pixels; 0 where nobody knows.
    pub y_pixels: u16,
}

impl Size {
    /// A size in characters with no pixels.
    pub const fn new(rows: u16, columns: u16) -> Self {
        Self { rows, columns, x_pixels: 0, y_pixels: 0 }
    }
}

impl Falsify for Size {
    fn falsify(&mut self) {
        self.rows ^= 1;
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows x {} columns", self.rows, self.columns)?;
        if (self.x_pixels, self.y_pixels) != (0, 0) {
            write!(f, " ({} x {} pixels)", self.x_pixels, self.y_pixels)?;
        }
        Ok(())
    }
}

/// Major and minor number of a device. makedev(3).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeviceNumber {
    /// Selects the driver.
    pub major: u64,
    /// Selects the device of that driver.
    pub minor: u64,
}

impl DeviceNumber {
    /// `/dev/ptmx` and every devpts' `ptmx`.
    pub const PTMX: Self = Self { major: 5, minor: 2 };
    /// `/dev/console` of the machine.
    pub const CONSOLE: Self = Self { major: 5, minor: 1 };
    /// `/dev/tty`.
    pub const TTY: Self = Self { major: 5, minor: 0 };

    /// Takes a `dev_t` apart.
    pub fn of(device: u64) -> Self {
        Self { major: nix::sys::stat::major(device), minor: nix::sys::stat::minor(device) }
    }

    /// Whether it is a slave of Unix98 ptys (majors 136 to 143, kernel's devices.txt).
    pub fn is_pty_slave(self) -> bool {
        (136..=143).contains(&self.major)
    }
}

impl fmt::Debug for DeviceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// The type of a file, from `st_mode`. inode(7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "inode(7) explains them")]
pub enum FileKind {
    #[default]
    Regular,
    Directory,
    Symlink,
    CharacterDevice,
    BlockDevice,
    Fifo,
    Socket,
    /// Anything else, for example an anonymous inode.
    Other,
}

/// `struct termios` in full. termios(3).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermiosFacts {
    /// Input flags, `c_iflag`.
    pub input: u32,
    /// Output flags, `c_oflag`.
    pub output: u32,
    /// Control flags without the speeds, `c_cflag`.
    pub control: u32,
    /// Local flags, `c_lflag`.
    pub local: u32,
    /// Line discipline number, `c_line`.
    pub line: u8,
    /// Special characters, `c_cc`, of which the kernel uses the first 19.
    pub characters: [u8; 19],
    /// Input and output speed as the `B...` codes of termios(3).
    pub speeds: (u32, u32),
}

impl fmt::Debug for TermiosFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "iflag {:#o} oflag {:#o} cflag {:#o} lflag {:#o} line {} cc {:?} speeds {:?}",
            self.input, self.output, self.control, self.local, self.line, self.characters, self.speeds
        )
    }
}

impl Falsify for TermiosFacts {
    fn falsify(&mut self) {
        self.local ^= nix::libc::ECHO;
        self.input ^= nix::libc::ICRNL;
        self.output ^= nix::libc::ONLCR;
        self.control ^= nix::libc::CSTOPB;
        self.line ^= 1;
        self.characters[nix::libc::VINTR] ^= 1;
        self.speeds.0 ^= 1;
        self.speeds.1 ^= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_the_asked_length_and_numbered_lines() {
        let pattern = Bytes::pattern(Lines::Broken, 130).0;
        assert_eq!(pattern.len(), 130);
        assert_eq!(&pattern[..9], b"0000000aa");
        assert_eq!(&pattern[63..73], b"\n0000001bb");
        assert_eq!(&pattern[128..], b"00");
    }

    #[test]
    fn an_unbroken_pattern_has_no_byte_that_a_terminal_translates() {
        let pattern = Bytes::pattern(Lines::Unbroken, 64 * 30).0;
        assert_eq!(&pattern[62..66], b"a.00");
        assert!(pattern.iter().all(|byte| (b'.'..=b'z').contains(byte)));
    }
}
