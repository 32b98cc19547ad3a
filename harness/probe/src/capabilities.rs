//! Giving capabilities up. capabilities(7).

use nix::libc;
use ptyproof_probe::{Errno, Reply};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

/// Keeps the capabilities of these numbers, in every set, and gives all others up. capset(2).
pub fn keep(numbers: &[u8]) -> Result<Reply, Errno> {
    let mut kept = CapabilitySet::empty();
    for &number in numbers {
        let bit = 1u64.checked_shl(number.into());
        kept |= CapabilitySet::from_bits_retain(bit.ok_or(Errno(libc::EINVAL))?);
    }
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: kept };
    set_capabilities(None, sets).map_err(|errno| Errno(errno.raw_os_error()))?;
    Ok(Reply::Done)
}
