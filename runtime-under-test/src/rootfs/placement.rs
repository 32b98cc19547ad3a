//! An entry of `mounts`, and the place that it goes to.

use super::{RootDir, RootfsError, procfs, sources::Source};
use crate::config::Mount;
use crate::syscall::Reason;
use nix::mount::{MsFlags, mount};
use nix::{errno::Errno, unistd::fchdir};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

/// An entry and where it goes.
pub(super) struct Placement<'a> {
    pub(super) root: &'a RootDir,
    /// Where the root lies on the host.
    pub(super) root_path: &'a Path,
    pub(super) bundle: &'a Path,
    pub(super) index: usize,
    pub(super) mount: &'a Mount,
    /// The source of a bind mount, where it was opened before.
    pub(super) source: Option<&'a Source>,
    /// Whether the container has its own cgroup namespace.
    pub(super) own_cgroup_namespace: bool,
}

impl Placement<'_> {
    /// The directory to mount on, created where it is missing. proc and sysfs go nowhere that the image redirects them to.
    pub(super) fn destination(&self, kind: &str) -> Result<OwnedFd, RootfsError> {
        let destination = &self.mount.destination;
        if !matches!(kind, "proc" | "sysfs") {
            let found = self.root.create_dir(destination).map_err(self.failed("create the destination"))?;
            return procfs::guard(self, found.as_fd(), None).map(|()| found);
        }
        let found = match self.root.find_without_links(destination) {
            Err(Errno::ENOENT) => {
                self.root.create_dir(destination).and_then(|_| self.root.find_without_links(destination))
            }
            result => result,
        };
        found.map_err(|source| match source {
            // The filesystem reveals the kernel's state, and the image says where to (CVE-2019-19921).
            Errno::ELOOP => {
                self.refuse(format!("refused, the path leads over a symbolic link and the filesystem is {kind}"))
            }
            _ => self.failed("create the destination")(source),
        })
    }

    /// Makes the destination the working directory.
    pub(super) fn enter_destination(&self, kind: &str) -> Result<(), RootfsError> {
        let destination = self.destination(kind)?;
        fchdir(destination).map_err(self.failed("enter the destination"))
    }

    /// Changes what is mounted on the destination, by mount(2). It may be a file, so it is named by its descriptor; that
    /// needs the host's `/proc`.
    pub(super) fn change_top(&self, doing: &str, flags: MsFlags, data: Option<&str>) -> Result<(), RootfsError> {
        let top = self.root.find(&self.mount.destination).map_err(self.failed("find the destination"))?;
        let link = format!("/proc/self/fd/{}", top.as_raw_fd());
        let none: Option<&str> = None;
        mount(none, link.as_str(), none, flags, data).map_err(self.failed(doing))
    }

    /// For `map_err` where `doing` failed for this entry.
    pub(super) fn failed<'a>(&'a self, doing: &'a str) -> impl Fn(Errno) -> RootfsError + Copy + 'a {
        move |source| self.refuse(format!("{doing}: {}", source.words()))
    }

    /// What is wrong with this entry, with a remedy where one is known.
    pub(super) fn refuse(&self, what: String) -> RootfsError {
        RootfsError(format!("mounts[{}] ({}): {what}", self.index, self.mount.destination.display()))
    }

    /// A path below the destination, as the container sees it.
    pub(super) fn below(&self, name: &str) -> PathBuf {
        self.mount.destination.join(name)
    }
}
