//! The identity maps of a new user namespace (user_namespaces(7)), written from outside.

use super::ContainerError;
use crate::config::{Config, IdMapping};
use crate::syscall::Reason;
use nix::unistd::{Pid, getegid, geteuid};
use std::{fs, process::Command};

/// Writes the maps of `config` for the process `pid`, which waits for them.
///
/// An ordinary user may map only their own id, once; more takes newuidmap(1) and newgidmap(1), which check
/// `/etc/subuid` and `/etc/subgid`.
pub(super) fn write(pid: Pid, config: &Config) -> Result<(), ContainerError> {
    let (users, groups) = (&config.linux.uid_mappings, &config.linux.gid_mappings);
    let root = geteuid().is_root();
    if root || is_own(users, geteuid().as_raw()) {
        write_file(pid, "uid_map", &text(users))?;
    } else {
        run("newuidmap", pid, users)?;
    }
    if root || is_own(groups, getegid().as_raw()) {
        if !root {
            // The price for mapping one's own group without help: no setgroups(2) inside (CVE-2014-8989).
            write_file(pid, "setgroups", "deny")?;
        }
        write_file(pid, "gid_map", &text(groups))
    } else {
        run("newgidmap", pid, groups)
    }
}

fn is_own(mappings: &[IdMapping], id: u32) -> bool {
    matches!(mappings, [only] if only.size == 1 && only.host_id == id)
}

fn text(mappings: &[IdMapping]) -> String {
    mappings.iter().map(|mapping| format!("{mapping}\n")).collect()
}

fn write_file(pid: Pid, name: &str, text: &str) -> Result<(), ContainerError> {
    let path = format!("/proc/{pid}/{name}");
    fs::write(&path, text).map_err(ContainerError::file("writing the identity map", path))
}

fn run(program: &str, pid: Pid, mappings: &[IdMapping]) -> Result<(), ContainerError> {
    let numbers = mappings.iter().flat_map(|m| [m.container_id, m.host_id, m.size]);
    let output =
        Command::new(program).arg(pid.to_string()).args(numbers.map(|number| number.to_string())).output().map_err(
            |error| {
                ContainerError::Setup(format!(
                    "running {program}: {}: an ordinary user needs it (package uidmap) to map more than the own id",
                    error.words()
                ))
            },
        )?;
    if output.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ContainerError::Setup(format!("{program}: {why}: see /etc/subuid and /etc/subgid")))
}
