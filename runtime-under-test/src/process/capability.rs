//! The capability sets of the calling thread (capabilities(7)).

use super::ProcessError;
use crate::config::Capabilities;
use crate::syscall::of_rustix;
use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, capability_is_in_bounding_set, clear_ambient_capability_set,
    configure_capability_in_ambient_set, remove_capability_from_bounding_set, set_capabilities,
};

/// Takes out of the bounding set what is not in `keep`, also what has no name yet. Needs CAP_SETPCAP, so it comes before
/// the sets are reduced.
pub(super) fn limit_bounding(keep: CapabilitySet) -> Result<(), ProcessError> {
    // The kernel says where its capabilities end: EINVAL.
    let all = (0..64).map(|number| CapabilitySet::from_bits_retain(1 << number));
    for one in all.filter(|one| !keep.contains(*one)) {
        match remove_capability_from_bounding_set(one) {
            Ok(()) => {}
            Err(Errno::INVAL) => break,
            // Without the privilege it is still fine if there is nothing to take out.
            Err(Errno::PERM) if capability_is_in_bounding_set(one) == Ok(false) => {}
            Err(source) => return Err(failed("reduce process.capabilities.bounding")(source)),
        }
    }
    Ok(())
}

/// Loading a filter of system calls takes CAP_SYS_ADMIN, which a change of user away from root made ineffective.
pub(super) fn raise_for_filter() {
    // The kernel says what that is worth.
    let _ = capabilities(None).and_then(|sets| {
        set_capabilities(None, CapabilitySets { effective: sets.effective | CapabilitySet::SYS_ADMIN, ..sets })
    });
}

/// Sets the permitted, effective, inheritable and ambient sets. What the caller does not have it cannot get: it is left
/// out and returned, for a warning (the spec does not want that to be an error).
pub(super) fn apply(wanted: &Capabilities) -> Result<CapabilitySet, ProcessError> {
    let own = capabilities(None).map_err(failed("read the capability sets"))?.permitted;
    let permitted = wanted.permitted.known & own;
    let sets = CapabilitySets {
        permitted,
        effective: wanted.effective.known & permitted,
        // With CAP_SETPCAP anything of the bounding set may become inheritable, otherwise only what is permitted.
        inheritable: wanted.inheritable.known & own,
    };
    set_capabilities(None, sets).map_err(failed("set process.capabilities"))?;
    // The kernel raises only what is both permitted and inheritable.
    let ambient = wanted.ambient.known & permitted & sets.inheritable;
    clear_ambient_capability_set()
        .and_then(|()| ambient.iter().try_for_each(|one| configure_capability_in_ambient_set(one, true)))
        .map_err(failed("set process.capabilities.ambient"))?;
    let lacks = [
        wanted.permitted.known - permitted,
        wanted.effective.known - sets.effective,
        wanted.inheritable.known - sets.inheritable,
    ];
    Ok(lacks.into_iter().fold(CapabilitySet::empty(), |all, one| all | one))
}

fn failed(doing: &'static str) -> impl FnOnce(Errno) -> ProcessError {
    move |source| ProcessError::of(doing)(of_rustix(source))
}
