//! Resource limits and the out-of-memory score.

use crate::config::Process;
use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};
use std::{io::Write, os::unix::fs::OpenOptionsExt};

/// Why a limit could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// The kernel refused a resource limit; EPERM means that raising it needs CAP_SYS_RESOURCE in the first namespace.
    #[error("cannot set {kind} to soft {soft}, hard {hard}: {source}")]
    Rlimit {
        /// Name as in setrlimit(2).
        kind: String,
        /// The soft limit that was asked for.
        soft: u64,
        /// The hard limit that was asked for.
        hard: u64,
        /// What the kernel said.
        source: Errno,
    },
    /// The out-of-memory score could not be written; lowering it needs CAP_SYS_RESOURCE.
    #[error("cannot set process.oomScoreAdj to {score}: {source}")]
    OomScore {
        /// The score that was asked for.
        score: i32,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The limit of a name as in setrlimit(2), such as `RLIMIT_NOFILE`.
pub fn resource_named(name: &str) -> Option<Resource> {
    Some(match name {
        "RLIMIT_AS" => Resource::RLIMIT_AS,
        "RLIMIT_CORE" => Resource::RLIMIT_CORE,
        "RLIMIT_CPU" => Resource::RLIMIT_CPU,
        "RLIMIT_DATA" => Resource::RLIMIT_DATA,
        "RLIMIT_FSIZE" => Resource::RLIMIT_FSIZE,
        "RLIMIT_LOCKS" => Resource::RLIMIT_LOCKS,
        "RLIMIT_MEMLOCK" => Resource::RLIMIT_MEMLOCK,
        "RLIMIT_MSGQUEUE" => Resource::RLIMIT_MSGQUEUE,
        "RLIMIT_NICE" => Resource::RLIMIT_NICE,
        "RLIMIT_NOFILE" => Resource::RLIMIT_NOFILE,
        "RLIMIT_NPROC" => Resource::RLIMIT_NPROC,
        "RLIMIT_RSS" => Resource::RLIMIT_RSS,
        "RLIMIT_RTPRIO" => Resource::RLIMIT_RTPRIO,
        "RLIMIT_RTTIME" => Resource::RLIMIT_RTTIME,
        "RLIMIT_SIGPENDING" => Resource::RLIMIT_SIGPENDING,
        "RLIMIT_STACK" => Resource::RLIMIT_STACK,
        _ => return None,
    })
}

/// Applies `process.rlimits` and `process.oomScoreAdj` to the calling process.
///
/// Call it where `/proc` is still the caller's own: before the root is changed, or, for exec, before the container's
/// namespaces are joined. It must come before [`super::become_user`]: raising a hard limit takes privilege. The error
/// names the limit and the values that the kernel refused.
pub fn apply_limits(process: &Process) -> Result<(), LimitError> {
    for limit in &process.rlimits {
        let refused =
            |source| LimitError::Rlimit { kind: limit.kind.clone(), soft: limit.soft, hard: limit.hard, source };
        let resource = resource_named(&limit.kind).ok_or_else(|| refused(Errno::EINVAL))?;
        setrlimit(resource, limit.soft, limit.hard).map_err(refused)?;
    }
    match process.oom_score_adj {
        Some(score) => set_oom_score(score).map_err(|source| LimitError::OomScore { score, source }),
        None => Ok(()),
    }
}

fn set_oom_score(score: i32) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).custom_flags(nix::libc::O_NOFOLLOW).open("/proc/self/oom_score_adj")?;
    // Whoever controls the image controls what lies at /proc; only procfs makes this a setting of ours.
    if fstatfs(&file)?.filesystem_type() != PROC_SUPER_MAGIC {
        return Err(std::io::Error::other("/proc is not procfs"));
    }
    file.write_all(score.to_string().as_bytes())
}
