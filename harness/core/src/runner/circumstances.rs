//! What a process inherits from its caller: no verdict may depend on it, so it is set here, or said to be in the way.

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::{errno::Errno, libc};
use std::path::{Path, PathBuf};
use std::{fs, io, os::unix::fs::PermissionsExt};

/// What is in the way of a run, and what helps.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum CircumstanceError {
    /// A limit cannot be raised.
    #[error("the limit of {what} is {found} (ulimit -{flag}), and cases need {needed}: raise it")]
    Limit { what: &'static str, flag: char, found: rlim_t, needed: rlim_t },
    /// Root of a machine or container that keeps some rights.
    #[error(
        "root lacks {}, which runtimes need: run with all capabilities (in a container: --privileged)",
        names.join(", ")
    )]
    Capabilities { names: Vec<String> },
    /// A filter of system calls, which the caller is under, refuses what runs need.
    #[error("a seccomp filter refuses {}, which runs need: start ptyproof without it", names.join(", "))]
    Filter { names: Vec<&'static str> },
    /// Programs cannot be started there.
    #[error("{}: mounted noexec, and the containers' program lies there: set TMPDIR to a directory elsewhere", path.display())]
    NoExec { path: PathBuf },
    /// Other users cannot go there.
    #[error(
        "{}: other users may not enter, and containers of theirs lie below: chmod o+x it, or set TMPDIR to a directory \
         elsewhere",
        path.display()
    )]
    Closed { path: PathBuf },
    /// Something could not be looked at.
    #[error("{what}: {error}")]
    Unknown { what: String, error: io::Error },
}

fn unknown<E: Into<io::Error>>(what: impl Into<String>) -> impl FnOnce(E) -> CircumstanceError {
    let what = what.into();
    move |error| CircumstanceError::Unknown { what, error: error.into() }
}

/// Sets what the workers inherit from this process and only it can set with a word to its caller.
pub fn settle() -> Result<(), CircumstanceError> {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the default action runs no code of this process. Where SIGCHLD is ignored, nobody can be waited for.
    unsafe { sigaction(Signal::SIGCHLD, &default) }.map_err(unknown("taking SIGCHLD"))?;
    const MIB: rlim_t = 1 << 20;
    use Resource::{RLIMIT_AS, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK};
    limit(RLIMIT_NOFILE, "open files", 'n', 1024)?;
    limit(RLIMIT_NPROC, "processes", 'u', 512)?;
    limit(RLIMIT_STACK, "the stack", 's', 8 * MIB)?;
    for (resource, what, flag) in [
        (RLIMIT_FSIZE, "the size of files", 'f'),
        (RLIMIT_DATA, "a program's data", 'd'),
        (RLIMIT_AS, "a program's memory", 'v'),
        (RLIMIT_CPU, "processor time", 't'),
    ] {
        limit(resource, what, flag, 4096 * MIB)?;
    }
    let path = "/proc/self/status";
    let status = fs::read_to_string(path).map_err(unknown(path))?;
    // Mode 2: SECCOMP_MODE_FILTER. Without one, a call that fails is the kernel's way.
    let names = if value(&status, "Seccomp:") == Some("2") { refused_calls() } else { Vec::new() };
    if !names.is_empty() {
        return Err(CircumstanceError::Filter { names });
    }
    if nix::unistd::geteuid().is_root() { capabilities(&status) } else { Ok(()) }
}

fn value<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// Calls that workers make. With arguments that make no sense the kernel refuses them in another way than filters do,
/// whatever rights their caller has.
fn refused_calls() -> Vec<&'static str> {
    // What older kernels do not have is done without.
    const NEW: [(libc::c_long, &str); 2] =
        [(libc::SYS_pidfd_open, "pidfd_open"), (libc::SYS_pidfd_send_signal, "pidfd_send_signal")];
    const CALLS: [(libc::c_long, &str); 6] = [
        (libc::SYS_setns, "setns"),
        (libc::SYS_mount, "mount"),
        (libc::SYS_umount2, "umount2"),
        (libc::SYS_mknodat, "mknodat"),
        (libc::SYS_ptrace, "ptrace"),
        (libc::SYS_seccomp, "seccomp"),
    ];
    let refusal = |number| {
        // SAFETY: no descriptor, process or request is -1, and no memory lies there.
        let answer = unsafe { libc::syscall(number, -1_i64, -1_i64, -1_i64, -1_i64, -1_i64) };
        Errno::result(answer).err().filter(|errno| matches!(errno, Errno::EPERM | Errno::EACCES | Errno::ENOSYS))
    };
    let new = NEW.into_iter().filter(|(number, _)| !matches!(refusal(*number), None | Some(Errno::ENOSYS)));
    let calls = CALLS.into_iter().filter(|(number, _)| refusal(*number).is_some());
    new.chain(calls).map(|(_, name)| name).collect()
}

/// Raises a limit to what is needed. Some runtimes look at each descriptor that there may be: so many are not too many.
fn limit(resource: Resource, what: &'static str, flag: char, needed: rlim_t) -> Result<(), CircumstanceError> {
    let (soft, hard) = getrlimit(resource).map_err(unknown(format!("the limit of {what}")))?;
    let wanted = match resource {
        Resource::RLIMIT_NOFILE => needed,
        _ if soft < needed => RLIM_INFINITY,
        _ => soft,
    };
    // Root may raise the second limit, too; others may have as much as it says.
    let raised = setrlimit(resource, wanted, wanted.max(hard)).or_else(|_| setrlimit(resource, wanted.min(hard), hard));
    let (found, _) = raised.and_then(|()| getrlimit(resource)).map_err(unknown(format!("the limit of {what}")))?;
    if found < needed { Err(CircumstanceError::Limit { what, flag, found, needed }) } else { Ok(()) }
}

/// Those that containers get, and those that it takes to make them, by their numbers. linux/capability.h
const CAPABILITIES: [(u32, &str); 14] = [
    (0, "CHOWN"),
    (1, "DAC_OVERRIDE"),
    (3, "FOWNER"),
    (5, "KILL"),
    (6, "SETGID"),
    (7, "SETUID"),
    (8, "SETPCAP"),
    (10, "NET_BIND_SERVICE"),
    (18, "SYS_CHROOT"),
    (19, "SYS_PTRACE"),
    (21, "SYS_ADMIN"),
    (26, "SYS_TTY_CONFIG"),
    (27, "MKNOD"),
    (29, "AUDIT_WRITE"),
];

/// What root has less than root should. Another user gets all of them in a user namespace.
fn capabilities(status: &str) -> Result<(), CircumstanceError> {
    let unknown = || unknown("/proc/self/status")(io::Error::other("no CapEff and CapBnd"));
    let names = missing(status).ok_or_else(unknown)?;
    if names.is_empty() { Ok(()) } else { Err(CircumstanceError::Capabilities { names }) }
}

fn missing(status: &str) -> Option<Vec<String>> {
    let set = |name: &str| u64::from_str_radix(value(status, name)?, 16).ok();
    let has = set("CapEff:")? & set("CapBnd:")?;
    let lacking = CAPABILITIES.iter().filter(|(number, _)| has >> number & 1 == 0);
    Some(lacking.map(|(_, name)| format!("CAP_{name}")).collect())
}

/// Whether containers can lie below a directory.
pub fn suits_containers(base: &Path) -> Result<(), CircumstanceError> {
    let base = base.canonicalize().map_err(unknown(base.display().to_string()))?;
    let flags = nix::sys::statvfs::statvfs(&base).map_err(unknown(base.display().to_string()))?.flags();
    if flags.contains(nix::sys::statvfs::FsFlags::ST_NOEXEC) {
        return Err(CircumstanceError::NoExec { path: base });
    }
    for path in base.ancestors() {
        let mode = fs::metadata(path).map_err(unknown(path.display().to_string()))?.permissions().mode();
        if mode & 0o001 == 0 {
            return Err(CircumstanceError::Closed { path: path.to_owned() });
        }
    }
    Ok(())
}

/// What a program that is started must not inherit, neither from this process nor from its caller: the session,
/// signals that are blocked or ignored, the mask of files, the priority, open descriptors. Async-signal-safe, for use
/// between fork and exec.
pub fn clean_start() -> io::Result<()> {
    // A session of its own from the start: what is typed at the terminal of the run, such as the interrupt
    // character, must not reach the program.
    nix::unistd::setsid()?;
    SigSet::empty().thread_set_mask()?;
    default_dispositions();
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
    // SAFETY: both calls take integers only; close_range(2) with this flag closes nothing now. Only root may be less
    // nice, and who may not is only slower.
    let marked = unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 0);
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
    };
    match Errno::result(marked) {
        // Before Linux 5.11 the flag is unknown; then what the caller leaks is inherited.
        Ok(_) | Err(Errno::EINVAL | Errno::ENOSYS) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Every signal that can be ignored, those included that libraries keep for themselves and sigaction(3) refuses.
fn default_dispositions() {
    /// `struct sigaction` of the kernel: handler, flags, restorer, mask. All zero: the default.
    const DEFAULT: [u64; 4] = [0; 4];
    for signal in 1..=64 {
        // SAFETY: the kernel only reads the structure; the default action runs no code of this process. SIGKILL and
        // SIGSTOP are refused.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, DEFAULT.as_ptr(), 0, 8) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_root_lacks_is_named() {
        assert_eq!(missing("CapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\n"), Some(vec![]));
        let names = missing("CapEff:\t000001ffffdfffff\nCapBnd:\t000001fff7ffffff\n");
        assert_eq!(names, Some(vec!["CAP_SYS_ADMIN".to_owned(), "CAP_MKNOD".to_owned()]));
        assert_eq!(missing("Name:\tsh\n"), None);
    }
}
