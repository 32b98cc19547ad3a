//! The capability sets of the calling thread (capabilities(7)).

use super::ProcessError;
use crate::config::Capabilities;
use caps::{CapSet, Capability, CapsHashSet};
use nix::{errno::Errno, libc};

/// Takes out of the bounding set what is not in `keep`, also what has no name yet. Needs CAP_SETPCAP, so it comes before
/// the sets are reduced.
pub(super) fn limit_bounding(keep: &CapsHashSet) -> Result<(), ProcessError> {
    let keep = keep.iter().fold(0, |bits, capability| bits | capability.bitmask());
    // The kernel says where its capabilities end: EINVAL.
    for number in (0..64).filter(|number| keep & (1 << number) == 0) {
        match prctl(libc::PR_CAPBSET_DROP, number) {
            Ok(_) => {}
            Err(Errno::EINVAL) => break,
            // Without the privilege it is still fine if there is nothing to take out.
            Err(Errno::EPERM) if prctl(libc::PR_CAPBSET_READ, number) == Ok(0) => {}
            Err(source) => return Err(ProcessError::of("reduce process.capabilities.bounding")(source)),
        }
    }
    Ok(())
}

/// Loading a filter of system calls takes CAP_SYS_ADMIN, which a change of user away from root made ineffective.
pub(super) fn raise_for_filter() {
    let _ = caps::raise(None, CapSet::Effective, Capability::CAP_SYS_ADMIN); // the kernel says what that is worth
}

/// Sets the permitted, effective, inheritable and ambient sets. What the caller does not have it cannot get: it is left
/// out and returned, for a warning (the spec does not want that to be an error).
pub(super) fn apply(wanted: &Capabilities) -> Result<CapsHashSet, ProcessError> {
    let own = caps::read(None, CapSet::Permitted).map_err(ProcessError::of("read the capability sets"))?;
    let permitted = &wanted.permitted.known & &own;
    let effective = &wanted.effective.known & &permitted;
    // With CAP_SETPCAP anything of the bounding set may become inheritable, otherwise only what is permitted.
    let inheritable = &wanted.inheritable.known & &own;
    // The kernel raises only what is both permitted and inheritable.
    let ambient = &(&wanted.ambient.known & &permitted) & &inheritable;
    // Each while what it needs is still permitted.
    for (field, set, members) in [
        ("inheritable", CapSet::Inheritable, &inheritable),
        ("effective", CapSet::Effective, &effective),
        ("permitted", CapSet::Permitted, &permitted),
    ] {
        let doing = format!("set process.capabilities.{field}");
        caps::set(None, set, members).map_err(ProcessError::of(doing))?;
    }
    // Cleared at once: caps::set would lower them one by one.
    caps::clear(None, CapSet::Ambient)
        .and_then(|()| ambient.iter().try_for_each(|capability| caps::raise(None, CapSet::Ambient, *capability)))
        .map_err(ProcessError::of("set process.capabilities.ambient"))?;
    let wanted = [(&wanted.permitted, permitted), (&wanted.effective, effective), (&wanted.inheritable, inheritable)];
    Ok(wanted.into_iter().flat_map(|(wanted, got)| &wanted.known - &got).collect())
}

fn prctl(option: libc::c_int, number: libc::c_ulong) -> Result<libc::c_int, Errno> {
    const NONE: libc::c_ulong = 0;
    // SAFETY: the options used here take numbers only.
    Errno::result(unsafe { libc::prctl(option, number, NONE, NONE, NONE) })
}
