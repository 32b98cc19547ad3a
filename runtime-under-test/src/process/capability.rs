//! The capability sets of the calling thread (capabilities(7)), by the system calls themselves.

use crate::config::{Capabilities, CapabilityMask};
use nix::{errno::Errno, libc};

/// Why the capability sets could not be changed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {source}")]
pub struct CapabilityError {
    /// What was tried.
    pub doing: &'static str,
    /// What the kernel said.
    pub source: Errno,
}

/// `_LINUX_CAPABILITY_VERSION_3`: two words of 32 bits per set.
const VERSION_3: u32 = 0x2008_0522;

#[repr(C)]
struct Header {
    version: u32,
    pid: libc::c_int,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Takes out of the bounding set what is not in `keep`. Needs CAP_SETPCAP, so it comes before the sets are reduced.
pub(super) fn limit_bounding(keep: CapabilityMask) -> Result<(), CapabilityError> {
    let failed = |source| CapabilityError { doing: "reduce the bounding set", source };
    // The kernel says where its capabilities end: EINVAL.
    for number in 0..64 {
        if keep.bits() & (1 << number) != 0 {
            continue;
        }
        match prctl(libc::PR_CAPBSET_DROP, number, 0) {
            Ok(_) => {}
            Err(Errno::EINVAL) => break,
            // Without the privilege it is still fine if there is nothing to take out.
            Err(Errno::EPERM) if prctl(libc::PR_CAPBSET_READ, number, 0) == Ok(0) => {}
            Err(source) => return Err(failed(source)),
        }
    }
    Ok(())
}

/// Sets the permitted, effective, inheritable and ambient sets. What the caller does not have it cannot get: it is left
/// out and returned, for a warning (the spec does not want that to be an error).
pub(super) fn apply(wanted: &Capabilities) -> Result<CapabilityMask, CapabilityError> {
    let failed = |doing| move |source| CapabilityError { doing, source };
    let own = permitted().map_err(failed("read the capability sets"))?;
    let permitted = wanted.permitted.mask.intersection(own);
    let effective = wanted.effective.mask.intersection(permitted);
    // With CAP_SETPCAP anything of the bounding set may become inheritable, otherwise only what is permitted.
    let inheritable = wanted.inheritable.mask.intersection(own);
    set(effective, permitted, inheritable).map_err(failed("set the capability sets"))?;
    prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as libc::c_ulong, 0)
        .map_err(failed("clear the ambient set"))?;
    // The kernel raises only what is both permitted and inheritable.
    let ambient = wanted.ambient.mask.intersection(permitted).intersection(inheritable);
    for number in ambient.numbers() {
        prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE as libc::c_ulong, number.into())
            .map_err(failed("raise the ambient set"))?;
    }
    let missing = [
        (wanted.permitted.mask, permitted),
        (wanted.effective.mask, effective),
        (wanted.inheritable.mask, inheritable),
    ]
    .iter()
    .fold(0, |missing, (wanted, got)| missing | (wanted.bits() & !got.bits()));
    Ok(CapabilityMask::from_bits(missing))
}

fn permitted() -> Result<CapabilityMask, Errno> {
    let header = Header { version: VERSION_3, pid: 0 };
    let mut data = [Data::default(); 2];
    // SAFETY: version 3 makes the kernel write exactly two Data; both structs have the kernel's layout.
    Errno::result(unsafe { libc::syscall(libc::SYS_capget, &raw const header, data.as_mut_ptr()) })?;
    Ok(CapabilityMask::from_bits(u64::from(data[0].permitted) | u64::from(data[1].permitted) << 32))
}

fn set(effective: CapabilityMask, permitted: CapabilityMask, inheritable: CapabilityMask) -> Result<(), Errno> {
    let header = Header { version: VERSION_3, pid: 0 };
    let word = |shift: u32| Data {
        effective: (effective.bits() >> shift) as u32,
        permitted: (permitted.bits() >> shift) as u32,
        inheritable: (inheritable.bits() >> shift) as u32,
    };
    let data = [word(0), word(32)];
    // SAFETY: version 3 makes the kernel read exactly two Data; both structs have the kernel's layout.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw const header, data.as_ptr()) }).map(drop)
}

fn prctl(option: libc::c_int, second: libc::c_ulong, third: libc::c_ulong) -> Result<libc::c_int, Errno> {
    const NONE: libc::c_ulong = 0;
    // SAFETY: the options used here take numbers only.
    Errno::result(unsafe { libc::prctl(option, second, third, NONE, NONE) })
}
