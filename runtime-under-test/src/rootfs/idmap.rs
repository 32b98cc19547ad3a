//! Idmapped mounts: files have other owners there than on the disk (mount_setattr(2), "ID-mapped mounts"; config.md, "Mounts").
//!
//! The kernel takes the maps from a user namespace. One is made for that, with a process that lives as long as it takes.

use crate::config::{Config, IdMapping, Mount, NamespaceKind};
use crate::syscall::process::{Forked, PidFd, fork_into};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sched::CloneFlags;
use nix::sys::stat::Mode;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use std::io::{self, PipeWriter, Read, pipe};
use std::os::fd::{AsFd, OwnedFd};
use std::{fs, path::Path};

/// The user namespace whose maps an entry of `mounts` asks for: its own maps', or else the container's.
pub(super) fn namespace(config: &Config, mount: &Mount) -> io::Result<OwnedFd> {
    if !mount.uid_mappings.is_empty() {
        return make(&mount.uid_mappings, &mount.gid_mappings);
    }
    match config.namespace(NamespaceKind::User).and_then(|user| user.path.as_deref()) {
        Some(joined) => open_namespace(joined),
        None => make(&config.linux.uid_mappings, &config.linux.gid_mappings),
    }
}

fn open_namespace(path: &Path) -> io::Result<OwnedFd> {
    Ok(open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?)
}

/// Its process waits for the end of a pipe, so that it ends with ptyrun, whatever becomes of that.
fn make(users: &[IdMapping], groups: &[IdMapping]) -> io::Result<OwnedFd> {
    let (mut end, held) = pipe()?;
    let Forked::Parent { pid, pidfd } = fork_into(CloneFlags::CLONE_NEWUSER, None, false)? else {
        drop(held);
        let _ = end.read(&mut [0]);
        std::process::exit(0)
    };
    let process = Process { pidfd, held: Some(held) };
    let directory = format!("/proc/{pid}");
    for (file, maps) in [("uid_map", users), ("gid_map", groups)] {
        let lines: String = maps.iter().map(|map| format!("{map}\n")).collect();
        fs::write(format!("{directory}/{file}"), lines)?;
    }
    let made = open_namespace(Path::new(&format!("{directory}/ns/user")));
    drop(process);
    made
}

/// The process in the namespace, until it is dropped.
struct Process {
    pidfd: PidFd,
    held: Option<PipeWriter>,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.held.take());
        while waitid(Id::PIDFd(self.pidfd.as_fd()), WaitPidFlag::WEXITED) == Err(Errno::EINTR) {}
    }
}
