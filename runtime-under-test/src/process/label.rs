//! Labels of security modules: `process.apparmorProfile` and `process.selinuxLabel`.
//!
//! A process is given one at its next execve, which it asks for in a file of its own in `/proc`
//! (Documentation/admin-guide/LSM of Linux; selinux(8), apparmor(7)). Nobody else may ask, and only from the memory that it
//! executes then: so it is the trampoline that does ([`mod@crate::container`]).

use super::ProcessError;
use crate::config::Process;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::fstat;
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};
use nix::unistd::{AccessFlags, faccessat};
use std::ffi::{CStr, CString};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// What is asked for, and where: a file below the container's `/proc`, which only the process itself can name.
#[derive(Debug)]
pub struct Label {
    procfs: OwnedFd,
    /// The file.
    pub(crate) file: &'static CStr,
    /// What is written to it.
    pub(crate) request: CString,
}

impl Label {
    /// Any request of the kind, for a machine without such modules.
    #[cfg(test)]
    pub(crate) fn for_test(procfs: OwnedFd, file: &'static CStr, request: CString) -> Label {
        Label { procfs, file, request }
    }

    /// The container's `/proc`.
    pub(crate) fn procfs(&self) -> BorrowedFd<'_> {
        self.procfs.as_fd()
    }

    /// Those that a process asks for. To be called in the container's root.
    pub fn of(process: &Process) -> Result<Vec<Label>, ProcessError> {
        let mut labels = Vec::new();
        if let Some(profile) = set(process.apparmor_profile.as_ref()) {
            let procfs = procfs("process.apparmorProfile")?;
            const OWN: &CStr = c"thread-self/attr/apparmor/exec"; // since Linux 5.1 each module has a directory
            let has_own = faccessat(&procfs, OWN, AccessFlags::F_OK, AtFlags::empty()).is_ok();
            let file = if has_own { OWN } else { ANY };
            labels.push(Label {
                procfs,
                file,
                request: request("process.apparmorProfile", format!("exec {profile}"))?,
            });
        }
        if let Some(label) = set(process.selinux_label.as_ref()) {
            let procfs = procfs("process.selinuxLabel")?;
            labels.push(Label { procfs, file: ANY, request: request("process.selinuxLabel", label.clone())? });
        }
        Ok(labels)
    }
}

/// The file of the one module that has no directory.
const ANY: &CStr = c"thread-self/attr/exec";

/// Refuses labels of a module that the machine does not run. Needs the host's `/sys`.
pub fn require_modules(process: &Process) -> Result<(), ProcessError> {
    let apparmor = || fs::read("/sys/module/apparmor/parameters/enabled").is_ok_and(|text| text.starts_with(b"Y"));
    let selinux = || Path::new("/sys/fs/selinux/enforce").exists();
    let lacks = |field: &str, module: &str| Err(ProcessError(format!("{field}: this machine does not run {module}")));
    if set(process.apparmor_profile.as_ref()).is_some() && !apparmor() {
        return lacks("process.apparmorProfile", "AppArmor");
    }
    if set(process.selinux_label.as_ref()).is_some() && !selinux() {
        return lacks("process.selinuxLabel", "SELinux");
    }
    Ok(())
}

fn set(label: Option<&String>) -> Option<&String> {
    label.filter(|label| !label.is_empty())
}

fn request(field: &str, text: String) -> Result<CString, ProcessError> {
    CString::new(text).map_err(|_| ProcessError(format!("{field}: it has a zero byte")))
}

/// The container's `/proc`, made sure of: a label that is written into something else would be none.
fn procfs(field: &str) -> Result<OwnedFd, ProcessError> {
    const ROOT_INODE: u64 = 1; // linux/proc_fs.h
    let how = OpenHow::new().flags(OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC);
    let failed = || ProcessError::of(format!("set {field}: open /proc"));
    let procfs = openat2(AT_FDCWD, "/proc", how.resolve(ResolveFlag::RESOLVE_NO_SYMLINKS)).map_err(failed())?;
    let is_procfs = fstatfs(&procfs).map_err(failed())?.filesystem_type() == PROC_SUPER_MAGIC;
    if is_procfs && fstat(&procfs).map_err(failed())?.st_ino == ROOT_INODE {
        return Ok(procfs);
    }
    Err(ProcessError(format!("cannot set {field}: /proc of the container is no procfs, and that takes one")))
}
