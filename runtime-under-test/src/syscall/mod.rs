//! System calls that nix lacks, each behind a safe function.

pub mod descriptors;
pub mod process;

use nix::{errno::Errno, libc::c_long};

/// Turns the raw result of a system call into a value or the error number.
fn checked(result: c_long) -> Result<c_long, Errno> {
    Errno::result(result)
}
