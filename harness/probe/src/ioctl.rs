//! The ioctls of terminals by name. ioctl_tty(2).

use crate::Errno;
use nix::libc;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::os::fd::{AsFd, AsRawFd};

/// How an ioctl takes its argument and gives its answer.
enum Shape {
    /// By value; the answer is what the call returns.
    Value,
    /// A pointer to an int that it reads.
    ReadsInt,
    /// A pointer to an int that it writes: the answer.
    WritesInt,
    /// A pointer to one byte that it reads.
    ReadsByte,
    /// A pointer to a structure. None is handed over: it can only be asked for with a null pointer.
    Structure,
}

/// Declares the ioctls: name, request, shape.
macro_rules! ioctls {
    ($($(#[$doc:meta])* $name:ident = $request:expr, $shape:ident;)*) => {
        /// The ioctls that can be asked for by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum IoctlName {
            $($(#[$doc])* $name,)*
        }

        impl IoctlName {
            fn call(self) -> (libc::Ioctl, Shape) {
                match self {
                    $(Self::$name => ($request, Shape::$shape),)*
                }
            }
        }
    };
}

impl fmt::Display for IoctlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_uppercase())
    }
}

ioctls! {
    /// Bytes that can be read, `FIONREAD`.
    Fionread = libc::FIONREAD, WritesInt;
    /// Bytes that were written and not yet sent.
    Tiocoutq = libc::TIOCOUTQ, WritesInt;
    /// Number of the pty.
    Tiocgptn = libc::TIOCGPTN, WritesInt;
    /// Locks the slave against opening, or unlocks it.
    Tiocsptlck = libc::TIOCSPTLCK, ReadsInt;
    /// Whether the slave is locked.
    Tiocgptlck = libc::TIOCGPTLCK, WritesInt;
    /// Packet mode of a master.
    Tiocpkt = libc::TIOCPKT, ReadsInt;
    /// Whether a master is in packet mode.
    Tiocgpkt = libc::TIOCGPKT, WritesInt;
    /// Sends a signal to the foreground process group of a master's slave.
    Tiocsig = libc::TIOCSIG, Value;
    /// Acquire the controlling terminal.
    Tiocsctty = libc::TIOCSCTTY, Value;
    /// Give the controlling terminal up.
    Tiocnotty = libc::TIOCNOTTY, Value;
    /// The session whose controlling terminal it is.
    Tiocgsid = libc::TIOCGSID, WritesInt;
    /// The foreground process group.
    Tiocgpgrp = libc::TIOCGPGRP, WritesInt;
    /// Sets the foreground process group.
    Tiocspgrp = libc::TIOCSPGRP, ReadsInt;
    /// Hangs the terminal up.
    Tiocvhangup = libc::TIOCVHANGUP, Value;
    /// Fake a byte of input; the argument is the byte.
    Tiocsti = libc::TIOCSTI, ReadsByte;
    /// Exclusive mode.
    Tiocexcl = libc::TIOCEXCL, Value;
    /// Ends exclusive mode.
    Tiocnxcl = libc::TIOCNXCL, Value;
    /// Whether exclusive mode is on.
    Tiocgexcl = libc::TIOCGEXCL, WritesInt;
    /// Discards queues.
    Tcflsh = libc::TCFLSH, Value;
    /// Flow control.
    Tcxonc = libc::TCXONC, Value;
    /// Sends a break, or waits until output is sent.
    Tcsbrk = libc::TCSBRK, Value;
    /// Sends a break of a length.
    Tcsbrkp = libc::TCSBRKP, Value;
    /// Begins a break.
    Tiocsbrk = libc::TIOCSBRK, Value;
    /// Ends a break.
    Tioccbrk = libc::TIOCCBRK, Value;
    /// Redirects the output of the console.
    Tioccons = libc::TIOCCONS, Value;
    /// The device number of the terminal itself.
    Tiocgdev = TIOCGDEV, WritesInt;
    /// The number of the line discipline.
    Tiocgetd = libc::TIOCGETD, WritesInt;
    /// Sets the line discipline.
    Tiocsetd = libc::TIOCSETD, ReadsInt;
    /// Modem lines.
    Tiocmget = libc::TIOCMGET, WritesInt;
    /// Sets modem lines.
    Tiocmset = libc::TIOCMSET, ReadsInt;
    /// Functions of the virtual console.
    Tioclinux = libc::TIOCLINUX, ReadsByte;
    /// Settings; the answer is a structure.
    Tcgets = libc::TCGETS, Structure;
    /// Sets the settings.
    Tcsets = libc::TCSETS, Structure;
    /// Size of the window; the answer is a structure.
    Tiocgwinsz = libc::TIOCGWINSZ, Structure;
    /// Sets the size of the window.
    Tiocswinsz = libc::TIOCSWINSZ, Structure;
    /// Settings of a serial line; the answer is a structure.
    Tiocgserial = libc::TIOCGSERIAL, Structure;
    /// Counts of a serial line's interrupts; the answer is a structure.
    Tiocgicount = libc::TIOCGICOUNT, Structure;
    /// No terminal knows this one.
    Unknown = 0x54ff, Value;
}

impl IoctlName {
    /// Whether it hands a number back.
    pub fn answers(self) -> bool {
        matches!(self.call().1, Shape::WritesInt)
    }
}

/// asm-generic/ioctls.h: `_IOR('T', 0x32, unsigned int)`, which the C library's headers for Rust lack.
const TIOCGDEV: libc::Ioctl = 0x8004_5432;

/// An ioctl by name: the number that the kernel hands back, or what the call returned.
pub fn ioctl(descriptor: impl AsFd, name: IoctlName, argument: i64) -> Result<i64, Errno> {
    let raw = descriptor.as_fd().as_raw_fd();
    let (request, shape) = name.call();
    let mut number = argument as libc::c_int;
    let byte = argument as u8;
    // SAFETY: the table says of each request how it takes its argument; a pointer is to a live int, to a live
    // byte for those that read one byte, and null for those that take a structure.
    let returned = unsafe {
        match shape {
            Shape::Value => libc::ioctl(raw, request, argument),
            Shape::ReadsInt | Shape::WritesInt => libc::ioctl(raw, request, &raw mut number),
            Shape::ReadsByte => libc::ioctl(raw, request, &raw const byte),
            Shape::Structure => libc::ioctl(raw, request, std::ptr::null_mut::<libc::c_void>()),
        }
    };
    nix::errno::Errno::result(returned)?;
    Ok(match shape {
        Shape::WritesInt => i64::from(number),
        _ => i64::from(returned),
    })
}

/// An ioctl whose argument is a null pointer. Those that take a pointer say `EFAULT`.
pub fn ioctl_with_null(descriptor: impl AsFd, name: IoctlName) -> Result<(), Errno> {
    let raw = descriptor.as_fd().as_raw_fd();
    let (request, _) = name.call();
    // SAFETY: a null pointer is checked by the kernel before it is used, and as a value it is 0.
    let returned = unsafe { libc::ioctl(raw, request, std::ptr::null_mut::<libc::c_void>()) };
    nix::errno::Errno::result(returned)?;
    Ok(())
}

/// TIOCGPTPEER: the slave of a master without any path. Linux 4.13.
pub fn open_peer(master: impl AsFd, flags: i32) -> Result<std::os::fd::OwnedFd, Errno> {
    use std::os::fd::FromRawFd;
    let raw = master.as_fd().as_raw_fd();
    // SAFETY: TIOCGPTPEER takes its argument by value and returns a new descriptor.
    let peer = nix::errno::Errno::result(unsafe { libc::ioctl(raw, libc::TIOCGPTPEER, flags) })?;
    // SAFETY: the ioctl just made this descriptor, and nothing else owns it.
    Ok(unsafe { std::os::fd::OwnedFd::from_raw_fd(peer) })
}
