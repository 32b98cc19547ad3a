//! Who the container's process is, and where it starts.

use super::{Filter, ProcessError, capability};
use crate::config::{Process, capability_names};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, chdir, getcwd, setgroups, setresgid, setresuid};
use nix::{errno::Errno, sys::prctl};

/// For `map_err` on what sets an id, with what the kernel means by its refusal (user_namespaces(7)).
fn refused(id: String) -> impl FnOnce(Errno) -> ProcessError {
    move |source| {
        let remedy = match source {
            Errno::EINVAL => "; the id is not mapped in the container's user namespace",
            Errno::EPERM => "; the caller's user namespace does not permit it, as one with a single id mapped",
            _ => "",
        };
        ProcessError(format!("cannot set process.user.{id}: {source}{remedy}"))
    }
}

/// Gives the calling thread the credentials of `process`: bounding set, groups, ids, capability sets, umask and
/// noNewPrivileges, in the order in which each is still permitted. With noNewPrivileges a `filter` of system calls is left to
/// the caller, for the last moment; without, loading it takes CAP_SYS_ADMIN, so it is loaded here. Returns warnings for the log: capabilities that the
/// caller does not have and thus cannot hand on. The error names the field and what the kernel said. The credentials
/// are undefined then: do not go on.
pub fn become_user(process: &Process, filter: Option<&Filter>) -> Result<Vec<String>, ProcessError> {
    let user = &process.user;
    if let Some(mask) = user.umask {
        umask(Mode::from_bits_truncate(mask));
    }
    capability::limit_bounding(&process.capabilities.bounding.known)?;
    // setuid away from root would clear the permitted set before the wanted part of it can be chosen.
    prctl::set_keepcaps(true).map_err(ProcessError::of("set keepcaps"))?;
    set_groups(process)?;
    let (uid, gid) = (process.uid(), Gid::from_raw(user.gid));
    setresgid(gid, gid, gid).map_err(refused(format!("gid {gid}")))?;
    setresuid(uid, uid, uid).map_err(refused(format!("uid {uid}")))?;
    prctl::set_keepcaps(false).map_err(ProcessError::of("set keepcaps"))?;
    if let Some(filter) = filter.filter(|_| !process.no_new_privileges) {
        let remedy = "linux.seccomp, which takes CAP_SYS_ADMIN or process.noNewPrivileges";
        capability::raise_for_filter();
        filter.load().map_err(ProcessError::of(format!("load the filter of {remedy}")))?;
    }
    let missing = capability::apply(&process.capabilities)?;
    if process.no_new_privileges {
        prctl::set_no_new_privs().map_err(ProcessError::of("set process.noNewPrivileges"))?;
    }
    let lacking = |name| format!("process.capabilities: {name} cannot be granted: the caller lacks it");
    Ok(capability_names(&missing).into_iter().map(lacking).collect())
}

/// A user namespace that an ordinary user made may have setgroups denied for good (user_namespaces(7)). The groups then
/// stay the caller's, which is all right only if none was asked for.
fn set_groups(process: &Process) -> Result<(), ProcessError> {
    let groups: Vec<_> = process.user.additional_gids.iter().copied().map(Gid::from_raw).collect();
    match setgroups(&groups) {
        Err(Errno::EPERM) if groups.is_empty() => Ok(()),
        result => {
            let numbers: Vec<String> = groups.iter().map(Gid::to_string).collect();
            result.map_err(refused(format!("additionalGids {}", numbers.join(", "))))
        }
    }
}

/// Enters `process.cwd` and makes sure that it lies below the root. To be called with the process's own credentials,
/// which decide whether it may be entered.
pub fn enter_cwd(process: &Process) -> Result<(), ProcessError> {
    let path = process.cwd.display();
    chdir(&process.cwd).map_err(ProcessError::of(format!("enter process.cwd {path}")))?;
    // getcwd(2) finds no path from the root to a directory outside of it, where a descriptor that leaked in may lead
    // (CVE-2024-21626).
    match getcwd() {
        Ok(found) if found.is_absolute() => Ok(()),
        _ => Err(ProcessError(format!("process.cwd {path} is outside the container's root"))),
    }
}
