//! The listener: what the kernel says of calls that are held, and what it is told. seccomp_unotify(2)

use nix::errno::Errno;
use nix::libc::{self, seccomp_notif, seccomp_notif_resp};
use std::mem;
use std::os::fd::{AsRawFd, OwnedFd};

/// One process's call that is held.
pub(super) type Notification = seccomp_notif;

/// A listener of a filter.
pub(super) struct Listener(pub OwnedFd);

impl Listener {
    /// The next call that is held; `ENOENT` where its process is gone already.
    pub fn receive(&self) -> Result<Notification, Errno> {
        // SAFETY: plain data, for which zeroes are what the kernel wants.
        let mut notification: Notification = unsafe { mem::zeroed() };
        self.ioctl(libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut notification)?;
        Ok(notification)
    }

    /// Whether that call is held still: what was read of its process's memory and files is of that process then.
    pub fn holds(&self, mut id: u64) -> bool {
        self.ioctl(libc::SECCOMP_IOCTL_NOTIF_ID_VALID, &raw mut id).is_ok()
    }

    /// Lets the call go on, or fail. `ENOENT` where it is not held any more.
    pub fn answer(&self, id: u64, failure: Option<i32>) -> Result<(), Errno> {
        let flags = if failure.is_some() { 0 } else { libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32 };
        let mut response = seccomp_notif_resp { id, val: 0, error: -failure.unwrap_or(0), flags };
        self.ioctl(libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut response)
    }

    fn ioctl<T>(&self, request: libc::Ioctl, argument: *mut T) -> Result<(), Errno> {
        // SAFETY: the three above give each request the structure that it wants, and the argument outlives the call.
        Errno::result(unsafe { libc::ioctl(self.0.as_raw_fd(), request, argument) }).map(drop)
    }
}
