//! The filter of system calls that a container's processes run under: `linux.seccomp`, as runc means it.
//!
//! `seccompiler`, the kept crate without a C library, knows one action for all rules of a filter, one architecture, and no
//! errno per rule, so the instructions are written here. What they do is what libseccomp does for runc:
//! - A call that no rule is about gets the default action. A rule without conditions decides alone, the first of them where
//!   there are several; else the first whose conditions hold.
//! - Calls of an architecture that the profile does not name end the thread. x32 programs share the architecture of x86_64 and
//!   are told by a bit of the number.
//! - Where the default action denies, calls with a higher number than any of the profile are ENOSYS: who wrote the profile
//!   did not know them, and the C library falls back to older calls upon ENOSYS only.
//! - 32-bit programs may call `socket` and its kin, and `semop` and its kin, through `socketcall` and `ipc`.
//!
//! seccomp(2); runtime-spec, config-linux.md, "Seccomp"; Linux, Documentation/userspace-api/seccomp_filter.rst.

mod condition;
mod names;
mod program;
#[cfg(test)]
mod tests;

use super::ProcessError;
use crate::config::{Flag, Seccomp};
use nix::{errno::Errno, libc};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// A filter, ready to be loaded.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Flags of seccomp(2).
    pub(crate) flags: libc::c_ulong,
    pub(crate) program: Vec<libc::sock_filter>,
    /// Whether somebody is asked about calls: then loading it gives a descriptor to do that by.
    pub(crate) notifies: bool,
    /// What of the profile makes no difference, for the log.
    pub(crate) warnings: Vec<String>,
}

impl Filter {
    /// The filter of a profile; none where it has no default action, and so asks for nothing. Fails where it is too long.
    pub fn new(profile: &Seccomp) -> Result<Option<Filter>, ProcessError> {
        const MOST: usize = 4096; // BPF_MAXINSNS of linux/bpf_common.h
        let Some(action) = profile.default_action else { return Ok(None) };
        let default = program::returned(action, profile.default_errno_ret);
        let (program, unknown) = program::write(profile, default);
        if program.len() > MOST {
            let length = program.len();
            return Err(ProcessError(format!("linux.seccomp makes {length} instructions, the kernel takes {MOST}")));
        }
        let unknown: Vec<&str> = unknown.into_iter().collect();
        let warnings = match unknown.is_empty() {
            true => Vec::new(),
            false => vec![format!("linux.seccomp.syscalls: left out, as unknown here: {}", unknown.join(", "))],
        };
        let notifies = profile.notifies();
        let flags = match &profile.flags {
            None => libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW,
            Some(flags) => flags.iter().fold(0, |all, flag| {
                all | match flag {
                    Flag::Log => libc::SECCOMP_FILTER_FLAG_LOG,
                    Flag::SpecAllow => libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                    Flag::WaitKillableRecv if notifies => libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
                    Flag::Tsync | Flag::WaitKillableRecv => 0,
                }
            }),
        };
        let flags = if notifies { flags | libc::SECCOMP_FILTER_FLAG_NEW_LISTENER } else { flags };
        Ok(Some(Filter { flags, program, notifies, warnings }))
    }

    /// Puts the calling thread, and all that it starts, under the filter. That takes noNewPrivileges or CAP_SYS_ADMIN.
    /// Allocates nothing. Gives what questions are answered by, where the filter asks any: seccomp_unotify(2).
    pub fn load(&self) -> Result<Option<OwnedFd>, Errno> {
        let length = u16::try_from(self.program.len()).map_err(|_| Errno::EINVAL)?;
        let program = libc::sock_fprog { len: length, filter: self.program.as_ptr().cast_mut() };
        let operation = libc::SECCOMP_SET_MODE_FILTER;
        // SAFETY: the kernel reads the program, which outlives the call.
        let loaded = unsafe { libc::syscall(libc::SYS_seccomp, operation, self.flags, &raw const program) };
        let loaded = Errno::result(loaded)? as RawFd;
        // SAFETY: the kernel has just made this descriptor for us, and nobody else has it.
        Ok(self.notifies.then(|| unsafe { OwnedFd::from_raw_fd(loaded) }))
    }

    /// Has the program that `command` starts run under it.
    pub(crate) fn load_in(&self, command: &mut Command) {
        let filter = self.clone();
        // SAFETY: between fork and execve there is one system call, and nothing is allocated.
        unsafe { command.pre_exec(move || filter.load().map(drop).map_err(io::Error::from)) };
    }
}
