use super::ProcessError;
use crate::config::{Domain, Personality};
use nix::errno::Errno;
use nix::libc;

/// Has the calling process, and what it executes, meet the kernel as another: `linux.personality`. personality(2)
pub fn imitate(wanted: Option<&Personality>) -> Result<(), ProcessError> {
    let Some(wanted) = wanted else { return Ok(()) };
    let domain: libc::c_ulong = match wanted.domain {
        Domain::Linux => 0x0000, // linux/personality.h
        Domain::Linux32 => 0x0008,
    };
    // SAFETY: takes no pointers.
    Errno::result(unsafe { libc::personality(domain) }).map(drop).map_err(ProcessError::of("set linux.personality"))
}
