//! Which namespaces the container's process is born into, and which it joins.

use super::ContainerError;
use crate::config::{Config, NamespaceKind};
use nix::fcntl::{OFlag, open};
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::stat::Mode;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// The config's namespaces, sorted by when they can be entered.
#[derive(Debug)]
pub struct Plan {
    /// Made by the clone3 that makes the process.
    pub(super) at_birth: CloneFlags,
    /// Joined before that, by an intermediate process: a user namespace decides who owns all the others.
    pub(super) user: Option<OwnedFd>,
    /// Joined before that: it takes effect for children only.
    pub(super) pid: Option<OwnedFd>,
    /// Joined by the process itself.
    joined: Vec<(NamespaceKind, OwnedFd)>,
    /// Made by the process itself once it is in its cgroup, which becomes the namespace's root.
    new_cgroup: bool,
}

impl Plan {
    /// Opens the namespaces to join while the caller's paths still mean what the caller meant.
    pub(super) fn new(config: &Config) -> Result<Plan, ContainerError> {
        let mut plan =
            Plan { at_birth: CloneFlags::empty(), user: None, pid: None, joined: Vec::new(), new_cgroup: false };
        for namespace in &config.linux.namespaces {
            let Some(path) = &namespace.path else {
                match namespace.kind {
                    NamespaceKind::Cgroup => plan.new_cgroup = true,
                    kind => plan.at_birth |= kind.flag(),
                }
                continue;
            };
            let file = open_namespace(path, namespace.kind)?;
            match namespace.kind {
                NamespaceKind::User => plan.user = Some(file),
                NamespaceKind::Pid => plan.pid = Some(file),
                kind => plan.joined.push((kind, file)),
            }
        }
        Ok(plan)
    }

    /// Whether a user namespace is made, whose identity maps ptyrun has to write.
    pub(super) fn maps_ids(&self) -> bool {
        self.at_birth.contains(CloneFlags::CLONE_NEWUSER)
    }

    /// Whether the process is in a user namespace other than ptyrun's.
    pub(super) fn changes_user(&self) -> bool {
        self.maps_ids() || self.user.is_some()
    }

    /// The descriptors that [`Plan::enter`] uses.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.joined.iter().map(|(_, file)| file.as_fd())
    }

    /// In the process: joins what it must join, and makes its cgroup namespace.
    pub(super) fn enter(&self) -> Result<(), ContainerError> {
        for (kind, file) in &self.joined {
            setns(file, kind.flag()).map_err(ContainerError::call(format!("joining the {} namespace", kind)))?;
        }
        if self.new_cgroup {
            unshare(CloneFlags::CLONE_NEWCGROUP).map_err(ContainerError::call("making the cgroup namespace"))?;
        }
        Ok(())
    }
}

/// While this lives, children are born into another pid namespace; dropped, into ptyrun's own again.
#[derive(Debug)]
pub(crate) struct ChildrenIn(OwnedFd);

impl ChildrenIn {
    pub(crate) fn namespace(of: BorrowedFd<'_>) -> Result<ChildrenIn, ContainerError> {
        let failed = || ContainerError::call("joining the pid namespace");
        let own = open("/proc/self/ns/pid", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed())?;
        setns(of, CloneFlags::CLONE_NEWPID).map_err(failed())?;
        Ok(ChildrenIn(own))
    }
}

impl Drop for ChildrenIn {
    fn drop(&mut self) {
        let _ = setns(self.0.as_fd(), CloneFlags::CLONE_NEWPID);
    }
}

fn open_namespace(path: &Path, kind: NamespaceKind) -> Result<OwnedFd, ContainerError> {
    open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()).map_err(ContainerError::call(format!(
        "opening the {} namespace {} of linux.namespaces",
        kind,
        path.display()
    )))
}
