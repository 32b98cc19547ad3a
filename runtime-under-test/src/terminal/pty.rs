//! Steps 4 and 5: the pty is made inside the container, verified, sized and given its owner.

use super::{Instance, TerminalError, ioctl};
use crate::config::ConsoleSize;
use crate::syscall::{held_by_descriptor, kind};
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{Mode, SFlag, fstat, major, minor};
use nix::sys::statfs::{DEVPTS_SUPER_MAGIC, fstatfs};
use nix::unistd::{Uid, fchown};
use nix::{errno::Errno, libc};
use std::os::fd::{AsFd, OwnedFd};

/// A pseudo terminal of the container's instance, both ends open, the slave unlocked.
#[derive(Debug)]
pub struct Pty {
    /// The end that leaves the container.
    pub master: OwnedFd,
    /// The end that the container's process gets.
    pub slave: Slave,
}

/// The slave end, held by descriptor.
#[derive(Debug)]
pub struct Slave(OwnedFd);

impl From<OwnedFd> for Slave {
    fn from(fd: OwnedFd) -> Slave {
        Slave(fd)
    }
}

held_by_descriptor!(Slave);

impl Pty {
    /// Makes a pty in `instance`.
    ///
    /// The instance's directory is known to be devpts, so `ptmx` in it is the kernel's unless something is mounted or
    /// linked there; neither is followed. What was opened is verified all the same: a wrong file here would hand a
    /// descriptor of the container's choosing to a process on the host.
    pub fn open(instance: &Instance) -> Result<Pty, TerminalError> {
        let failed = TerminalError::call("opening", "/dev/pts/ptmx");
        let how = OpenHow::new()
            .flags(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW)
            .resolve(ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_XDEV);
        let master = openat2(instance, "ptmx", how).map_err(failed)?;
        Pty::from_master(master, instance)
    }

    /// Verifies and unlocks a fresh `master` and takes its slave.
    fn from_master(master: OwnedFd, instance: &Instance) -> Result<Pty, TerminalError> {
        const PTMX: (u64, u64, u64) = (2, 5, 2); // inode, major, minor
        verify(&master, "the pty's master", "the ptmx of devpts: inode 2, device 5:2", |seen| seen == PTMX)?;
        ioctl::unlock(&master).map_err(TerminalError::ioctl("unlocking the pty"))?;
        // By ioctl, not by path: /dev/pts/N may be another file by now.
        let slave = match ioctl::open_peer(&master) {
            Err(Errno::ENOTTY | Errno::EINVAL) => open_by_number(&master, instance)?,
            other => other.map_err(TerminalError::ioctl("taking the pty's slave"))?,
        };
        const SLAVE_MAJOR: u64 = 136;
        verify(&slave, "the pty's slave", "a slave of devpts: device 136:N", |(_, major, _)| major == SLAVE_MAJOR)?;
        Ok(Pty { master, slave: Slave(slave) })
    }

    /// Applies the first window size, before anyone else sees the terminal. Without one it stays 0 x 0.
    pub fn set_size(&self, size: Option<ConsoleSize>) -> Result<(), TerminalError> {
        let Some(size) = size else {
            return Ok(());
        };
        let size = libc::winsize { ws_row: size.height, ws_col: size.width, ws_xpixel: 0, ws_ypixel: 0 };
        ioctl::set_window_size(&self.master, &size).map_err(TerminalError::ioctl("setting the pty's size"))
    }

    /// Gives the slave to `uid`; group and mode stay what the devpts mount says, so that `gid=5,mode=0620` keeps meaning
    /// "owner, and write for the group tty".
    ///
    /// A filesystem or user namespace that cannot change owners is tolerated: the process already has it open.
    pub fn set_owner(&self, uid: Uid) -> Result<(), TerminalError> {
        match fchown(&self.slave, Some(uid), None) {
            Ok(()) | Err(Errno::EPERM | Errno::EROFS | Errno::EINVAL) => Ok(()),
            Err(errno) => Err(TerminalError::ioctl("giving the terminal to its user")(errno)),
        }
    }
}

/// The way before Linux 4.13, which has no TIOCGPTPEER.
fn open_by_number(master: impl AsFd, instance: impl AsFd) -> Result<OwnedFd, TerminalError> {
    let number = ioctl::slave_number(master).map_err(TerminalError::ioctl("asking for the slave's number"))?;
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
    openat(instance, number.to_string().as_str(), flags, Mode::empty())
        .map_err(TerminalError::ioctl("opening the pty's slave"))
}

/// Checks that `file` is a character device of a devpts with the right inode, major and minor numbers.
fn verify(
    file: impl AsFd,
    name: &str,
    expected: &str,
    right: impl FnOnce((u64, u64, u64)) -> bool,
) -> Result<(), TerminalError> {
    let failed = || TerminalError::ioctl("examining the pty");
    let filesystem = fstatfs(&file).map_err(failed())?.filesystem_type();
    let stat = fstat(&file).map_err(failed())?;
    let device = kind(&stat) == SFlag::S_IFCHR;
    let (major, minor) = (major(stat.st_rdev), minor(stat.st_rdev));
    if filesystem == DEVPTS_SUPER_MAGIC && device && right((stat.st_ino, major, minor)) {
        return Ok(());
    }
    let found = format!("filesystem {:#x}, inode {}, device {major}:{minor}", filesystem.0, stat.st_ino);
    Err(TerminalError::unexpected(name, &found, expected))
}
