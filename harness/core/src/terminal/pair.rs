//! A pty of the harness's own, from the devpts of the machine.

use super::master::Master;
use nix::fcntl::OFlag;
use ptyproof_probe::{Errno, ioctl};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::path::Path;

/// The slave side of a pty.
#[derive(Debug)]
pub struct Slave(OwnedFd);

impl AsFd for Slave {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<Slave> for OwnedFd {
    fn from(slave: Slave) -> Self {
        slave.0
    }
}

impl Slave {
    /// The slave of a master, whichever devpts it belongs to; it never becomes a controlling terminal. Before Linux 4.13, only
    /// of one that belongs to `/dev/pts`.
    pub fn of(master: impl AsFd) -> Result<Self, Errno> {
        let flags = nix::libc::O_RDWR | nix::libc::O_NOCTTY | nix::libc::O_CLOEXEC;
        ioctl::open_slave(master, Path::new("/dev/pts"), flags).map(Self)
    }

    /// Another descriptor for the same open file.
    pub fn duplicate(&self) -> Result<OwnedFd, Errno> {
        Ok(self.0.try_clone()?)
    }
}

/// Both sides of a new pty. pty(7).
#[derive(Debug)]
pub struct Pair {
    /// What the harness drives.
    pub master: Master,
    /// What a program gets.
    pub slave: Slave,
}

impl Pair {
    /// Allocates a pty; neither side becomes a controlling terminal or is inherited by a child.
    pub fn open() -> Result<Self, Errno> {
        // Nobody shares this master, and a long paste must never block the harness, which has to read as well.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let master = nix::pty::posix_openpt(flags)?;
        nix::pty::unlockpt(&master)?;
        let slave = Slave::of(&master)?;
        // SAFETY: PtyMaster gives its descriptor up through IntoRawFd, so it has one owner again.
        let owned = unsafe { OwnedFd::from_raw_fd(std::os::fd::IntoRawFd::into_raw_fd(master)) };
        let master = Master::new(owned).map_err(|refusal| refusal.errno)?;
        Ok(Self { master, slave })
    }
}
