//! Resource limits and the out-of-memory score.

use super::ProcessError;
use crate::config::Process;
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};
use nix::unistd::Pid;
use rlimit::{Resource, prlimit};
use std::{io, io::Write, os::unix::fs::OpenOptionsExt};

/// Applies `process.rlimits` and `process.oomScoreAdj` to the calling process.
///
/// Call it where `/proc` is still the caller's own: before the root is changed, or, for exec, before the container's
/// namespaces are joined. It must come before [`super::become_user`]: raising a hard limit takes privilege. The error
/// names the limit and the values that the kernel refused.
pub fn apply_limits(process: &Process) -> Result<(), ProcessError> {
    apply(process, Pid::from_raw(0), "/proc/self")
}

/// The same to the process `pid`, which has no privilege itself: it is in a user namespace of its own.
pub fn apply_limits_to(pid: Pid, process: &Process) -> Result<(), ProcessError> {
    apply(process, pid, &format!("/proc/{pid}"))
}

fn apply(process: &Process, pid: Pid, directory: &str) -> Result<(), ProcessError> {
    for limit in &process.rlimits {
        // EPERM means that raising it needs CAP_SYS_RESOURCE in the first namespace.
        let doing = format!("set {} to soft {}, hard {}", limit.kind, limit.soft, limit.hard);
        let resource = limit.kind.parse::<Resource>().map_err(io::Error::other);
        let values = Some((limit.soft, limit.hard));
        resource.and_then(|resource| prlimit(pid.as_raw(), resource, values, None)).map_err(ProcessError::of(doing))?;
    }
    match process.oom_score_adj {
        // Lowering it needs CAP_SYS_RESOURCE.
        Some(score) => {
            set_oom_score(directory, score).map_err(ProcessError::of(format!("set process.oomScoreAdj to {score}")))
        }
        None => Ok(()),
    }
}

fn set_oom_score(directory: &str, score: i32) -> io::Result<()> {
    let path = format!("{directory}/oom_score_adj");
    let mut file = std::fs::OpenOptions::new().write(true).custom_flags(nix::libc::O_NOFOLLOW).open(path)?;
    // Whoever controls the image controls what lies at /proc; only procfs makes this a setting of ours.
    if fstatfs(&file)?.filesystem_type() != PROC_SUPER_MAGIC {
        return Err(io::Error::other("/proc is not procfs"));
    }
    file.write_all(score.to_string().as_bytes())
}
