//! The options of the commands that make a process.

use super::user::UserOption;
use crate::{cgroup::Part, container::ContainerId};
use caps::Capability;
use clap::Args;
use std::path::PathBuf;

// How to set up a process, for every command that makes one. (Not `///`: it would be the help of those commands.)
#[derive(Debug, Args)]
pub(super) struct Plumbing {
    /// Unix stream socket that is sent the terminal's master
    #[arg(long, value_name = "PATH")]
    pub(super) console_socket: Option<PathBuf>,
    /// Unix stream socket that is sent a descriptor of the process (pidfd_open(2))
    #[arg(long, value_name = "PATH")]
    pub(super) pidfd_socket: Option<PathBuf>,
    /// File to write the process's pid to
    #[arg(long, value_name = "FILE")]
    pub(super) pid_file: Option<PathBuf>,
    /// How many descriptors beyond 0, 1 and 2 the process inherits
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) preserve_fds: u32,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Directory of the bundle
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    pub(super) bundle: PathBuf,
    #[command(flatten)]
    pub(super) plumbing: Plumbing,
    /// Make the root by a move rather than by pivot_root(2), which an initramfs refuses
    #[arg(long)]
    pub(super) no_pivot: bool,
    /// Leave the container the session keyring of the caller
    #[arg(long)]
    pub(super) no_new_keyring: bool,
    /// The new container
    pub(super) id: ContainerId,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// Return at once
    #[arg(long, short)]
    pub(super) detach: bool,
    /// Keep the container, stopped, when its program has ended
    #[arg(long)]
    pub(super) keep: bool,
    #[command(flatten)]
    pub(super) create: Create,
}

#[derive(Debug, Args)]
pub(super) struct Exec {
    /// File with the process to run (the `process` of a config.json)
    #[arg(long, short, value_name = "FILE", conflicts_with_all = [
        "args", "cwd", "env", "user", "additional_gids", "capabilities", "no_new_privileges", "apparmor", "process_label",
    ])]
    pub(super) process: Option<PathBuf>,
    /// Give the process a terminal; beside --process the file decides
    #[arg(long, short)]
    pub(super) tty: bool,
    /// Working directory
    #[arg(long, value_name = "DIR")]
    pub(super) cwd: Option<PathBuf>,
    /// Environment variable to add
    #[arg(long, short, value_name = "NAME=VALUE")]
    pub(super) env: Vec<String>,
    /// User and group
    #[arg(long, short, value_name = "UID[:GID]")]
    pub(super) user: Option<UserOption>,
    /// Group to be in, too
    #[arg(long, short = 'g', value_name = "GID")]
    pub(super) additional_gids: Vec<u32>,
    /// Capability to have, too
    #[arg(long = "cap", short, value_name = "CAP_NAME")]
    pub(super) capabilities: Vec<Capability>,
    /// Let the program gain no privileges by execve
    #[arg(long = "no-new-privs")]
    pub(super) no_new_privileges: bool,
    /// AppArmor profile
    #[arg(long, value_name = "PROFILE")]
    pub(super) apparmor: Option<String>,
    /// SELinux label
    #[arg(long, value_name = "LABEL")]
    pub(super) process_label: Option<String>,
    /// Cgroup below the container's to be in
    #[arg(long, value_name = "[CONTROLLERS:]PATH")]
    pub(super) cgroup: Vec<Part>,
    /// Do not refuse where the container is paused: the process runs when it is resumed
    #[arg(long)]
    pub(super) ignore_paused: bool,
    /// Return at once
    #[arg(long, short)]
    pub(super) detach: bool,
    #[command(flatten)]
    pub(super) plumbing: Plumbing,
    /// The container
    pub(super) id: ContainerId,
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required_unless_present = "process")]
    pub(super) args: Vec<String>,
}
