//! Which namespaces the container's process is born into, and which it joins.

use super::ContainerError;
use crate::config::{Clock, ClockOffset, Config, NamespaceKind};
use nix::fcntl::{OFlag, open};
use nix::sched::{CloneFlags, setns, unshare};
use nix::{libc, sys::stat::Mode};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
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
    /// Joined by the process itself, unless that was done before.
    joined: Vec<(NamespaceKind, OwnedFd, Cell<bool>)>,
    /// Made by the process itself once it is in its cgroup, which becomes the namespace's root.
    new_cgroup: bool,
    /// Clocks of its own, also made by the process itself: by how much they differ.
    new_clocks: Option<BTreeMap<Clock, ClockOffset>>,
}

impl Plan {
    /// Opens the namespaces to join while the caller's paths still mean what the caller meant.
    pub(super) fn new(config: &Config) -> Result<Plan, ContainerError> {
        let mut plan = Plan {
            at_birth: CloneFlags::empty(),
            user: None,
            pid: None,
            joined: Vec::new(),
            new_cgroup: false,
            new_clocks: None,
        };
        for namespace in &config.linux.namespaces {
            let Some(path) = &namespace.path else {
                match namespace.kind {
                    NamespaceKind::Cgroup => plan.new_cgroup = true,
                    NamespaceKind::Time => plan.new_clocks = Some(config.linux.time_offsets.clone()),
                    kind => plan.at_birth |= kind.flag(),
                }
                continue;
            };
            let file = open_namespace(path, namespace.kind)?;
            match namespace.kind {
                NamespaceKind::User => plan.user = Some(file),
                NamespaceKind::Pid => plan.pid = Some(file),
                kind => plan.joined.push((kind, file, Cell::new(false))),
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

    /// Whether a network namespace is made, in which nothing is up.
    pub(super) fn makes_network(&self) -> bool {
        self.at_birth.contains(CloneFlags::CLONE_NEWNET)
    }

    /// In the process: makes its time namespace and enters it. The offsets come in between: a time namespace that somebody is in
    /// takes none any more (time_namespaces(7)). Needs the host's `/proc`.
    pub(super) fn set_clocks(&self) -> Result<(), ContainerError> {
        let Some(offsets) = &self.new_clocks else { return Ok(()) };
        let failed = || ContainerError::call("making the time namespace");
        let time = NamespaceKind::Time.flag();
        unshare(time).map_err(failed())?;
        let clock = |(clock, offset): (&Clock, &ClockOffset)| {
            let number = match clock {
                Clock::Monotonic => libc::CLOCK_MONOTONIC,
                Clock::Boottime => libc::CLOCK_BOOTTIME,
            };
            format!("{number} {} {}\n", offset.secs, offset.nanosecs)
        };
        let text: String = offsets.iter().map(clock).collect();
        if !text.is_empty() {
            let file = "/proc/self/timens_offsets";
            fs::write(file, text).map_err(ContainerError::file("setting linux.timeOffsets in", file))?;
        }
        let made = Path::new("/proc/self/ns/time_for_children");
        setns(open_namespace(made, NamespaceKind::Time)?, time).map_err(failed())
    }

    /// The descriptors that [`Plan::enter`] uses.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.joined.iter().map(|(_, file, _)| file.as_fd())
    }

    /// Whether there is something to [`Plan::join_early`].
    pub(super) fn joins_early(&self) -> bool {
        self.changes_user() && self.joined.iter().any(|(kind, ..)| *kind != NamespaceKind::Mount)
    }

    /// In an intermediate, before the user namespace: joins what only the caller may, as it does not belong to that user
    /// namespace. What only somebody in there may is left to the process. A mount namespace is, too: the paths stay the caller's.
    pub(super) fn join_early(&self) {
        for (kind, file, done) in self.joined.iter().filter(|(kind, ..)| *kind != NamespaceKind::Mount) {
            done.set(setns(file, kind.flag()).is_ok());
        }
    }

    /// In the process: joins what it must join, and makes its cgroup namespace.
    pub(super) fn enter(&self) -> Result<(), ContainerError> {
        for (kind, file, _) in self.joined.iter().filter(|(.., done)| !done.get()) {
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
