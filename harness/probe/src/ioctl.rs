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

/// Declares the ioctls: name, request, shape, and in a comment what each does.
macro_rules! ioctls {
    ($($name:ident = $request:expr, $shape:ident;)*) => {
        /// The ioctls that can be asked for by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[allow(missing_docs, reason = "the table says what each does")]
        pub enum IoctlName {
            $($name,)*
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
    Fionread = libc::FIONREAD, WritesInt;       // bytes that can be read
    Tiocoutq = libc::TIOCOUTQ, WritesInt;       // bytes that were written and not yet sent
    Tiocgptn = libc::TIOCGPTN, WritesInt;       // number of the pty
    Tiocsptlck = libc::TIOCSPTLCK, ReadsInt;    // locks the slave against opening, or unlocks it
    Tiocgptlck = libc::TIOCGPTLCK, WritesInt;   // whether the slave is locked
    Tiocpkt = libc::TIOCPKT, ReadsInt;          // packet mode of a master
    Tiocgpkt = libc::TIOCGPKT, WritesInt;       // whether a master is in packet mode
    Tiocsig = libc::TIOCSIG, Value;             // sends a signal to the foreground process group of a master's slave
    Tiocgptpeer = libc::TIOCGPTPEER, Value;     // opens the slave of a master
    Tiocsctty = libc::TIOCSCTTY, Value;         // acquire the controlling terminal
    Tiocnotty = libc::TIOCNOTTY, Value;         // give the controlling terminal up
    Tiocgsid = libc::TIOCGSID, WritesInt;       // the session whose controlling terminal it is
    Tiocgpgrp = libc::TIOCGPGRP, WritesInt;     // the foreground process group
    Tiocspgrp = libc::TIOCSPGRP, ReadsInt;      // sets the foreground process group
    Tiocvhangup = libc::TIOCVHANGUP, Value;     // hangs the terminal up
    Tiocsti = libc::TIOCSTI, ReadsByte;         // fake a byte of input; the argument is the byte
    Tiocexcl = libc::TIOCEXCL, Value;           // exclusive mode
    Tiocnxcl = libc::TIOCNXCL, Value;           // ends exclusive mode
    Tiocgexcl = libc::TIOCGEXCL, WritesInt;     // whether exclusive mode is on
    Tcflsh = libc::TCFLSH, Value;               // discards queues
    Tcxonc = libc::TCXONC, Value;               // flow control
    Tcsbrk = libc::TCSBRK, Value;               // sends a break, or waits until output is sent
    Tcsbrkp = libc::TCSBRKP, Value;             // sends a break of a length
    Tiocsbrk = libc::TIOCSBRK, Value;           // begins a break
    Tioccbrk = libc::TIOCCBRK, Value;           // ends a break
    Tioccons = libc::TIOCCONS, Value;           // redirects the output of the console
    Tiocgdev = TIOCGDEV, WritesInt;             // the device number of the terminal itself
    Tiocgetd = libc::TIOCGETD, WritesInt;       // the number of the line discipline
    Tiocsetd = libc::TIOCSETD, ReadsInt;        // sets the line discipline
    Tiocmget = libc::TIOCMGET, WritesInt;       // modem lines
    Tiocmset = libc::TIOCMSET, ReadsInt;        // sets modem lines
    Tioclinux = libc::TIOCLINUX, ReadsByte;     // functions of the virtual console
    Tcgets = libc::TCGETS, Structure;           // settings; the answer is a structure
    Tcsets = libc::TCSETS, Structure;           // sets the settings
    Tcgets2 = libc::TCGETS2, Structure;         // settings with speeds; the answer is a structure
    Tcsets2 = libc::TCSETS2, Structure;         // sets settings and speeds
    Tiocgwinsz = libc::TIOCGWINSZ, Structure;   // size of the window; the answer is a structure
    Tiocswinsz = libc::TIOCSWINSZ, Structure;   // sets the size of the window
    Tiocgserial = libc::TIOCGSERIAL, Structure; // settings of a serial line; the answer is a structure
    Tiocgicount = libc::TIOCGICOUNT, Structure; // counts of a serial line's interrupts; the answer is a structure
    Unknown = 0x54ff, Value;                    // no terminal knows this one
}

impl IoctlName {
    /// Its number.
    pub(crate) fn request(self) -> u32 {
        self.call().0 as u32
    }

    /// Whether it hands a number back.
    pub fn answers(self) -> bool {
        matches!(self.call().1, Shape::WritesInt)
    }
}

/// asm-generic/ioctls.h: `_IOR('T', 0x32, unsigned int)`, which the C library's headers for Rust lack.
const TIOCGDEV: libc::Ioctl = 0x8004_5432;

/// An ioctl by name: the number that the kernel hands back, or what the call returned.
pub fn ioctl(descriptor: impl AsFd, name: IoctlName, argument: i64) -> Result<i64, Errno> {
    ioctl_with_upper_half(descriptor, name, 0, argument)
}

/// The same, with these as the upper 32 bits of the request. The kernel takes the lower 32 only: fs/ioctl.c.
pub fn ioctl_with_upper_half(descriptor: impl AsFd, name: IoctlName, upper: u32, argument: i64) -> Result<i64, Errno> {
    let raw = descriptor.as_fd().as_raw_fd();
    let (request, shape) = name.call();
    let request = request | (libc::Ioctl::from(upper) << 32);
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

/// The slave of a master, opened through that, and where the kernel has no such call by its name in the devpts instance that
/// `instance` is the directory of: `/dev/pts`.
pub fn open_slave(master: impl AsFd, instance: &std::path::Path, flags: i32) -> Result<std::os::fd::OwnedFd, Errno> {
    match open_peer(&master, flags) {
        Err(Errno::ENOTTY) => {
            let number = ioctl(&master, IoctlName::Tiocgptn, 0)?;
            let flags = nix::fcntl::OFlag::from_bits_retain(flags);
            let path = instance.join(number.to_string());
            Ok(nix::fcntl::open(&path, flags, nix::sys::stat::Mode::empty())?)
        }
        opened => opened,
    }
}
