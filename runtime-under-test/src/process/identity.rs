//! Who the container's process is, and where it starts.

use super::capability::{self, CapabilityError};
use crate::config::Process;
use nix::unistd::{Gid, chdir, getcwd, setgroups, setresgid, setresuid};
use nix::{errno::Errno, sys::prctl};
use std::path::{Path, PathBuf};

/// Why the process could not become the user of the config.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// An id could not be set.
    #[error("cannot set {field}: {source}{}", remedy(*source))]
    Id {
        /// The field with its value, such as `process.user.uid 1000`.
        field: String,
        /// What the kernel said.
        source: Errno,
    },
    /// A process attribute could not be set.
    #[error("cannot set {what}: {source}")]
    Attribute {
        /// Its name.
        what: &'static str,
        /// What the kernel said.
        source: Errno,
    },
    /// A capability set could not be changed.
    #[error("process.capabilities: {0}")]
    Capability(#[from] CapabilityError),
}

/// What the kernel means by its refusal (user_namespaces(7)).
fn remedy(source: Errno) -> &'static str {
    match source {
        Errno::EINVAL => "; the id is not mapped in the container's user namespace",
        Errno::EPERM => "; the caller's user namespace does not permit it, as one with a single id mapped",
        _ => "",
    }
}

/// Gives the calling thread the credentials of `process`: bounding set, groups, ids, capability sets, umask and
/// noNewPrivileges, in the order in which each is still permitted. Returns warnings for the log: capabilities that the
/// caller does not have and thus cannot hand on. The error names the field and what the kernel said. The credentials
/// are undefined then: do not go on.
pub fn become_user(process: &Process) -> Result<Vec<String>, IdentityError> {
    let attribute = |what| move |source| IdentityError::Attribute { what, source };
    let user = &process.user;
    if let Some(mask) = user.umask {
        nix::sys::stat::umask(mask);
    }
    capability::limit_bounding(process.capabilities.bounding.mask)?;
    // setuid away from root would clear the permitted set before the wanted part of it can be chosen.
    prctl::set_keepcaps(true).map_err(attribute("keepcaps"))?;
    set_groups(process)?;
    let id = |field: &str, id: u32| {
        let field = format!("process.user.{field} {id}");
        move |source| IdentityError::Id { field, source }
    };
    setresgid(user.gid, user.gid, user.gid).map_err(id("gid", user.gid.as_raw()))?;
    setresuid(user.uid, user.uid, user.uid).map_err(id("uid", user.uid.as_raw()))?;
    prctl::set_keepcaps(false).map_err(attribute("keepcaps"))?;
    let missing = capability::apply(&process.capabilities)?;
    if process.no_new_privileges {
        prctl::set_no_new_privs().map_err(attribute("process.noNewPrivileges"))?;
    }
    Ok(missing
        .numbers()
        .map(|number| {
            format!(
                "process.capabilities: {} cannot be granted: the caller lacks it",
                crate::config::capability_name(number)
            )
        })
        .collect())
}

/// A user namespace that an ordinary user made may have setgroups denied for good (user_namespaces(7)). The groups then
/// stay the caller's, which is all right only if none was asked for.
fn set_groups(process: &Process) -> Result<(), IdentityError> {
    let groups = &process.user.additional_gids;
    match setgroups(groups) {
        Err(Errno::EPERM) if groups.is_empty() => Ok(()),
        result => result.map_err(|source| {
            let numbers: Vec<String> = groups.iter().map(Gid::to_string).collect();
            let field = format!("process.user.additionalGids {}", numbers.join(", "));
            IdentityError::Id { field, source }
        }),
    }
}

/// Why the process could not start in its working directory.
#[derive(Debug, thiserror::Error)]
pub enum CwdError {
    /// The directory could not be entered.
    #[error("cannot enter process.cwd {}: {source}", path.display())]
    Enter {
        /// `process.cwd`.
        path: PathBuf,
        /// What the kernel said.
        source: Errno,
    },
    /// The path leads outside the container's root, over a descriptor that leaked in (CVE-2024-21626).
    #[error("process.cwd {} is outside the container's root", path.display())]
    Outside {
        /// `process.cwd`.
        path: PathBuf,
    },
}

/// Enters `process.cwd` and makes sure that it lies below the root. To be called with the process's own credentials,
/// which decide whether it may be entered.
pub fn enter_cwd(process: &Process) -> Result<(), CwdError> {
    let path = || process.cwd.clone();
    if process.cwd == Path::new("/") {
        return chdir("/").map_err(|source| CwdError::Enter { path: path(), source });
    }
    chdir(&process.cwd).map_err(|source| CwdError::Enter { path: path(), source })?;
    // getcwd(2) finds no path from the root to a directory outside of it.
    match getcwd() {
        Ok(found) if found.is_absolute() => Ok(()),
        _ => Err(CwdError::Outside { path: path() }),
    }
}
