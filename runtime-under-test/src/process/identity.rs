//! Who the container's process is, and where it starts.

use super::{Filter, ProcessError, capability};
use crate::config::{Process, capability_names};
use crate::syscall::Reason;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, chdir, getcwd, setgroups, setresgid, setresuid};
use nix::{errno::Errno, sys::prctl};
use std::os::fd::OwnedFd;

/// For `map_err` on what sets an id, with what the kernel means by its refusal (user_namespaces(7)).
fn refused(id: String) -> impl FnOnce(Errno) -> ProcessError {
    move |source| {
        let remedy = match source {
            Errno::EINVAL => "; the id is not mapped in the container's user namespace",
            Errno::EPERM => "; the caller's user namespace does not permit it, as one with a single id mapped",
            _ => "",
        };
        ProcessError(format!("cannot set process.user.{id}: {}{remedy}", source.words()))
    }
}

/// Gives the calling thread the credentials of `process`: bounding set, groups, ids, capability sets, umask and
/// noNewPrivileges, in the order in which each is still permitted. With noNewPrivileges a `filter` of system calls is left to
/// the caller, for the last moment; without, loading it takes CAP_SYS_ADMIN, so it is loaded here, by [`load`]. Returns warnings
/// for the log: capabilities that the caller does not have and thus cannot hand on. The error names the field and what the
/// kernel said. The credentials are undefined then: do not go on.
pub fn become_user(
    process: &Process,
    filter: Option<&Filter>,
    listening: Listening<'_>,
) -> Result<Vec<String>, ProcessError> {
    let user = &process.user;
    if let Some(mask) = user.umask {
        umask(Mode::from_bits_truncate(mask));
    }
    capability::limit_bounding(process.capabilities.bounding.known)?;
    // setuid away from root would clear the permitted set before the wanted part of it can be chosen.
    prctl::set_keepcaps(true).map_err(ProcessError::of("set keepcaps"))?;
    set_groups(process)?;
    let (uid, gid) = (process.uid(), Gid::from_raw(user.gid));
    setresgid(gid, gid, gid).map_err(refused(format!("gid {gid}")))?;
    setresuid(uid, uid, uid).map_err(refused(format!("uid {uid}")))?;
    prctl::set_keepcaps(false).map_err(ProcessError::of("set keepcaps"))?;
    if let Some(filter) = filter.filter(|_| !process.no_new_privileges) {
        capability::raise_for_filter();
        load(filter, listening)?;
    }
    let missing = capability::apply(&process.capabilities)?;
    if process.no_new_privileges {
        prctl::set_no_new_privs().map_err(ProcessError::of("set process.noNewPrivileges"))?;
    }
    let lacking = |name| format!("process.capabilities: {name} cannot be granted: the caller lacks it");
    Ok(capability_names(missing).into_iter().map(lacking).collect())
}

/// Takes what the questions of a filter are answered by, as soon as there is one.
pub type Listening<'a> = &'a dyn Fn(OwnedFd) -> Result<(), Errno>;

/// Puts the calling process under `filter`. From here on its calls may have to be answered by others, who are told first.
pub fn load(filter: &Filter, listening: Listening<'_>) -> Result<(), ProcessError> {
    let remedy = "linux.seccomp, which takes CAP_SYS_ADMIN or process.noNewPrivileges";
    let listener = filter.load().map_err(ProcessError::of(format!("load the filter of {remedy}")))?;
    listener
        .map_or(Ok(()), listening)
        .map_err(ProcessError::of("hand on what questions of linux.seccomp are answered by"))
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

/// Enters `process.cwd` with the privileges of ptyrun, which may enter what the process may not (as runc has it). False
/// where it is the other way round, as in a directory of another machine's, and the process has to try.
pub fn enter_cwd_as_ptyrun(process: &Process) -> Result<bool, ProcessError> {
    match chdir(&process.cwd) {
        Ok(()) => Ok(true),
        Err(Errno::EACCES | Errno::EPERM) => Ok(false),
        Err(source) => Err(cannot_enter(process)(source)),
    }
}

fn cannot_enter(process: &Process) -> impl FnOnce(Errno) -> ProcessError {
    ProcessError::of(format!("enter process.cwd {}", process.cwd.display()))
}

/// Makes sure that `process.cwd`, which is entered now unless it was `entered` before, lies below the root. To be called with
/// the process's own credentials.
pub fn enter_cwd(process: &Process, entered: bool) -> Result<(), ProcessError> {
    let path = process.cwd.display();
    if !entered {
        chdir(&process.cwd).map_err(cannot_enter(process))?;
    }
    // getcwd(2) finds no path from the root to a directory outside of it, where a descriptor that leaked in may lead
    // (CVE-2024-21626).
    match getcwd() {
        Ok(found) if found.is_absolute() => Ok(()),
        _ => Err(ProcessError(format!("process.cwd {path} is outside the container's root"))),
    }
}
