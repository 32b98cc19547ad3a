use super::{Affinity, IoPriority, Scheduler};
use super::{capability::Capabilities, fields::or_default};
use nix::unistd::Uid;
use serde::Deserialize;
use std::path::PathBuf;

/// The process to run in the container.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Process {
    /// Whether the process gets a terminal.
    #[serde(default, deserialize_with = "or_default")]
    pub terminal: bool,
    /// The terminal's first size; meaningless without a terminal. Use [`Process::window`].
    pub(super) console_size: Option<RawConsoleSize>,
    /// Whose credentials it has.
    #[serde(default, deserialize_with = "or_default")]
    pub user: User,
    /// argv; never empty.
    pub args: Vec<String>,
    /// The whole environment, `NAME=value` each.
    #[serde(default, deserialize_with = "or_default")]
    pub env: Vec<String>,
    /// Working directory; absolute.
    pub cwd: PathBuf,
    /// Capability sets; left out they are all empty.
    #[serde(default, deserialize_with = "or_default")]
    pub capabilities: Capabilities,
    /// Resource limits.
    #[serde(default, deserialize_with = "or_default")]
    pub rlimits: Vec<Rlimit>,
    /// Whether execve may no longer grant privileges.
    #[serde(default, deserialize_with = "or_default")]
    pub no_new_privileges: bool,
    /// The process's inclination to be killed when memory runs out, -1000 to 1000.
    pub oom_score_adj: Option<i32>,
    /// Its profile of AppArmor.
    pub apparmor_profile: Option<String>,
    /// Its label of SELinux.
    pub selinux_label: Option<String>,
    /// When the kernel has it run.
    pub scheduler: Option<Scheduler>,
    /// When the kernel serves its input and output.
    pub io_priority: Option<IoPriority>,
    /// Where a process of `exec` runs.
    #[serde(default, rename = "execCPUAffinity", deserialize_with = "or_default")]
    pub exec_affinity: Affinity,
}

/// A terminal's size in character cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleSize {
    /// Rows.
    pub height: u16,
    /// Columns.
    pub width: u16,
}

/// The numbers as they stand in the file; wide, so that a bad one can be named rather than be a syntax error.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct RawConsoleSize {
    pub(super) height: Option<i64>,
    pub(super) width: Option<i64>,
}

impl RawConsoleSize {
    /// The size, or the dimension at fault and what is wrong with it.
    pub(super) fn check(self) -> Result<ConsoleSize, (&'static str, String)> {
        let cells = |name, value: Option<i64>| {
            let value = value.ok_or_else(|| (name, "is required and missing".to_owned()))?;
            u16::try_from(value).map_err(|_| (name, format!("{value} is out of range, expected 0 to 65535")))
        };
        Ok(ConsoleSize { height: cells("height", self.height)?, width: cells("width", self.width)? })
    }
}

impl Process {
    /// Whose it is.
    pub fn uid(&self) -> Uid {
        Uid::from_raw(self.user.uid)
    }

    /// A process with the same credentials, limits and environment that runs `args`, as `exec` makes one of a config's.
    /// The size stays with the original's terminal.
    pub fn derive(&self, args: Vec<String>, terminal: bool) -> Self {
        Self { args, terminal, console_size: None, ..self.clone() }
    }

    /// The terminal's first size, where there is a terminal and the config gives a size (the spec has `consoleSize`
    /// ignored without a terminal).
    pub fn window(&self) -> Option<ConsoleSize> {
        self.console_size.filter(|_| self.terminal)?.check().ok()
    }
}

/// Credentials of a process, in the container's user namespace.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// File mode creation mask; none leaves the caller's.
    pub umask: Option<u32>,
    /// Supplementary groups.
    #[serde(deserialize_with = "or_default")]
    pub additional_gids: Vec<u32>,
}

/// One resource limit.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rlimit {
    /// Name as in setrlimit(2), such as `RLIMIT_NOFILE`; checked on load.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is enforced.
    pub soft: u64,
    /// What the soft limit may be raised to.
    pub hard: u64,
}
