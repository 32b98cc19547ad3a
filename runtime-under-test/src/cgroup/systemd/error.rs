use crate::syscall::Reason;
use std::{io, path::PathBuf};

/// Why systemd did not make the container's cgroup.
#[derive(Debug, thiserror::Error)]
pub enum SystemdError {
    /// There is none.
    #[error("--systemd-cgroup: this machine does not run systemd ({path} is missing); leave it out, and ptyrun makes cgroups itself", path = .0.display())]
    Absent(PathBuf),
    /// Its cgroups are of v1.
    #[error("--systemd-cgroup: it needs cgroup v2 alone, at {path}", path = .0.display())]
    NotUnified(PathBuf),
    /// `linux.cgroupsPath` is for the other driver.
    #[error("linux.cgroupsPath: {:?} is no name of a scope, expected SLICE:PREFIX:NAME (--systemd-cgroup)", .0.display().to_string())]
    Path(PathBuf),
    /// The bus.
    #[error("--systemd-cgroup: talking to systemd by the bus at {path}: {reason}", path = .0.display(), reason = .1.words())]
    Bus(PathBuf, io::Error),
    /// systemd does not do it.
    #[error("--systemd-cgroup: systemd refuses {method}: {text} ({name})")]
    Refused {
        /// What was asked.
        method: String,
        /// The error's name.
        name: String,
        /// What it says.
        text: String,
    },
    /// It was done and came to nothing.
    #[error("--systemd-cgroup: systemd could not {0} the unit {1}: {2}")]
    Job(&'static str, String, String),
    /// The process that holds the scope until the container's is there.
    #[error("--systemd-cgroup: making a process for the scope: {}", .0.words())]
    Placeholder(nix::errno::Errno),
}
