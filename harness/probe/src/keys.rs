//! Keys. keyrings(7)

use crate::values::Errno;
use nix::{errno::Errno as SysErrno, libc};

/// The serial number of the calling process's session keyring; of its user's, where it has joined none. session-keyring(7)
pub fn session_keyring() -> Result<i32, Errno> {
    let of_the_session = libc::KEY_SPEC_SESSION_KEYRING;
    // SAFETY: takes no pointers.
    let found = unsafe { libc::syscall(libc::SYS_keyctl, libc::KEYCTL_GET_KEYRING_ID, of_the_session, 0) };
    Ok(SysErrno::result(found)? as i32)
}
