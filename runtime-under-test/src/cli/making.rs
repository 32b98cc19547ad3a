//! The options of the commands that make a process.

use super::grammar::Parameter;
use super::{mistake::Stop, parse::Matches, user::UserOption};
use crate::{cgroup::Part, container::ContainerId};
use caps::Capability;
use std::path::PathBuf;

/// How to set up a process, for every command that makes one.
pub(super) const PLUMBING: &[Parameter] = &[
    Parameter::option("console-socket", "PATH", "Unix stream socket that is sent the terminal's master"),
    Parameter::option(
        "pidfd-socket",
        "PATH",
        "Unix stream socket that is sent a descriptor of the process (pidfd_open(2))",
    ),
    Parameter::option("pid-file", "FILE", "File to write the process's pid to"),
    Parameter::option("preserve-fds", "N", "How many descriptors beyond 0, 1 and 2 the process inherits").default("0"),
];

#[derive(Debug)]
pub(super) struct Plumbing {
    pub(super) console_socket: Option<PathBuf>,
    pub(super) pidfd_socket: Option<PathBuf>,
    pub(super) pid_file: Option<PathBuf>,
    pub(super) preserve_fds: u32,
}

impl Plumbing {
    fn of(given: &Matches) -> Result<Self, Stop> {
        Ok(Plumbing {
            console_socket: given.optional_path("console-socket")?,
            pidfd_socket: given.optional_path("pidfd-socket")?,
            pid_file: given.optional_path("pid-file")?,
            preserve_fds: given.one("preserve-fds")?,
        })
    }
}

/// How to make a container.
pub(super) const MAKING: &[Parameter] = &[
    Parameter::option("bundle", "DIR", "Directory of the bundle").letters("b").default("."),
    Parameter::flag("no-pivot", "Make the root by a move rather than by pivot_root(2), which an initramfs refuses"),
    Parameter::flag("no-new-keyring", "Leave the container the session keyring of the caller"),
];

#[derive(Debug)]
pub(super) struct Create {
    pub(super) bundle: PathBuf,
    pub(super) plumbing: Plumbing,
    pub(super) no_pivot: bool,
    pub(super) no_new_keyring: bool,
    pub(super) id: ContainerId,
}

impl Create {
    pub(super) fn of(given: &Matches) -> Result<Self, Stop> {
        Ok(Create {
            bundle: given.path("bundle")?,
            plumbing: Plumbing::of(given)?,
            no_pivot: given.is_given("no-pivot"),
            no_new_keyring: given.is_given("no-new-keyring"),
            id: given.one("ID")?,
        })
    }
}

/// What `run` has beside how to make a container.
pub(super) const RUNNING: &[Parameter] =
    &[DETACH, Parameter::flag("keep", "Keep the container, stopped, when its program has ended")];
const DETACH: Parameter = Parameter::flag("detach", "Return at once").letters("d");

#[derive(Debug)]
pub(super) struct Run {
    pub(super) detach: bool,
    pub(super) keep: bool,
    pub(super) create: Create,
}

impl Run {
    pub(super) fn of(given: &Matches) -> Result<Self, Stop> {
        Ok(Run { detach: given.is_given("detach"), keep: given.is_given("keep"), create: Create::of(given)? })
    }
}

/// Where `exec` has the process from, if not from [`PROGRAM`].
pub(super) const SOURCE: &[Parameter] = &[
    Parameter::option("process", "FILE", "File with the process to run (the `process` of a config.json)").letters("p"),
    Parameter::flag("tty", "Give the process a terminal; beside --process the file decides").letters("t"),
];

/// What the file of `--process` says, and so cannot stand beside it.
pub(super) const OF_PROGRAM: &[Parameter] = &[
    Parameter::option("cwd", "DIR", "Working directory"),
    Parameter::option("env", "NAME=VALUE", "Environment variable to add").letters("e").repeatable(),
    Parameter::option("user", "UID[:GID]", "User and group").letters("u"),
    Parameter::option("additional-gids", "GID", "Group to be in, too").letters("g").repeatable(),
    Parameter::option("cap", "CAP_NAME", "Capability to have, too").letters("c").repeatable(),
    Parameter::flag("no-new-privs", "Let the program gain no privileges by execve"),
    Parameter::option("apparmor", "PROFILE", "AppArmor profile"),
    Parameter::option("process-label", "LABEL", "SELinux label"),
];

/// How `exec` goes about it.
pub(super) const WAY: &[Parameter] = &[
    Parameter::option("cgroup", "[CONTROLLERS:]PATH", "Cgroup below the container's to be in").repeatable(),
    Parameter::flag(
        "ignore-paused",
        "Do not refuse where the container is paused: the process runs when it is resumed",
    ),
    DETACH,
];

/// What `exec` runs.
pub(super) const PROGRAM: &[Parameter] = &[Parameter::rest("ARGS", "The program and its arguments")];

#[derive(Debug)]
pub(super) struct Exec {
    pub(super) process: Option<PathBuf>,
    pub(super) tty: bool,
    pub(super) cwd: Option<PathBuf>,
    pub(super) env: Vec<String>,
    pub(super) user: Option<UserOption>,
    pub(super) additional_gids: Vec<u32>,
    pub(super) capabilities: Vec<Capability>,
    pub(super) no_new_privileges: bool,
    pub(super) apparmor: Option<String>,
    pub(super) process_label: Option<String>,
    pub(super) cgroup: Vec<Part>,
    pub(super) ignore_paused: bool,
    pub(super) detach: bool,
    pub(super) plumbing: Plumbing,
    pub(super) id: ContainerId,
    pub(super) args: Vec<String>,
}

impl Exec {
    pub(super) fn of(given: &Matches) -> Result<Self, Stop> {
        given.refuse_beside("process", OF_PROGRAM)?;
        given.refuse_beside("process", PROGRAM)?;
        let exec = Exec {
            process: given.optional_path("process")?,
            tty: given.is_given("tty"),
            cwd: given.optional_path("cwd")?,
            env: given.all("env")?,
            user: given.optional("user")?,
            additional_gids: given.all("additional-gids")?,
            capabilities: given.all("cap")?,
            no_new_privileges: given.is_given("no-new-privs"),
            apparmor: given.optional("apparmor")?,
            process_label: given.optional("process-label")?,
            cgroup: given.all("cgroup")?,
            ignore_paused: given.is_given("ignore-paused"),
            detach: given.is_given("detach"),
            plumbing: Plumbing::of(given)?,
            id: given.one("ID")?,
            args: given.all("ARGS")?,
        };
        if exec.process.is_none() {
            given.require("ARGS")?;
        }
        Ok(exec)
    }
}
