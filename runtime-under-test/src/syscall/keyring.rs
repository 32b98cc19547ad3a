//! Session keyrings: what a process finds keys in without being told where (session-keyring(7)).

use super::checked;
use nix::{errno::Errno, libc};
use std::ffi::CStr;

/// Makes the session keyring of that name the caller's own, in place of the one that it has inherited. It is made where there
/// is none, so that others of the same user can join it by its name, too. A kernel without keys has none to lose.
/// KEYCTL_JOIN_SESSION_KEYRING(2const)
pub fn join_session_keyring(name: &CStr) -> Result<(), Errno> {
    // linux/key.h: everything for who possesses it; to view, read, search and link for its user.
    const PERMISSIONS: u32 = 0x3f00_0000 | 0x001b_0000;
    // SAFETY: the kernel reads the name, which ends with a zero byte and outlives the call.
    let joined = unsafe { libc::syscall(libc::SYS_keyctl, libc::KEYCTL_JOIN_SESSION_KEYRING, name.as_ptr()) };
    let keyring = match checked(joined) {
        Err(Errno::ENOSYS) => return Ok(()),
        keyring => keyring?,
    };
    // SAFETY: takes no pointers.
    checked(unsafe { libc::syscall(libc::SYS_keyctl, libc::KEYCTL_SETPERM, keyring, PERMISSIONS) }).map(drop)
}
