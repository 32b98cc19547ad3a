//! An entry of `mounts`, and the place that it goes to.

use super::{RootDir, RootfsError};
use crate::config::Mount;
use nix::{errno::Errno, unistd::fchdir};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

/// An entry and where it goes.
pub(super) struct Placement<'a> {
    pub(super) root: &'a RootDir,
    pub(super) bundle: &'a Path,
    pub(super) index: usize,
    pub(super) mount: &'a Mount,
    /// Whether the container has its own cgroup namespace.
    pub(super) own_cgroup_namespace: bool,
}

impl Placement<'_> {
    /// The directory to mount on, created where it is missing. proc and sysfs go nowhere that the image redirects them to.
    pub(super) fn destination(&self, kind: &str) -> Result<OwnedFd, RootfsError> {
        let destination = &self.mount.destination;
        if !matches!(kind, "proc" | "sysfs") {
            return self
                .root
                .create_dir(destination)
                .map_err(|source| self.failed("create the destination", source, None));
        }
        let found = match self.root.find_without_links(destination) {
            Err(Errno::ENOENT) => {
                self.root.create_dir(destination).and_then(|_| self.root.find_without_links(destination))
            }
            result => result,
        };
        found.map_err(|source| match source {
            Errno::ELOOP => {
                RootfsError::Link { index: self.index, destination: destination.clone(), kind: kind.to_owned() }
            }
            _ => self.failed("create the destination", source, None),
        })
    }

    /// Makes the destination the working directory.
    pub(super) fn enter_destination(&self, kind: &str) -> Result<(), RootfsError> {
        let destination = self.destination(kind)?;
        fchdir(destination).map_err(|source| self.failed("enter the destination", source, None))
    }

    /// Makes the root of what is mounted on the destination the working directory.
    pub(super) fn enter_top(&self) -> Result<(), RootfsError> {
        self.root
            .find(&self.mount.destination)
            .and_then(|top| fchdir(top.as_fd()))
            .map_err(|source| self.failed("enter the destination", source, None))
    }

    /// The error that `doing` failed for this entry.
    pub(super) fn failed(&self, doing: &str, source: Errno, remedy: Option<String>) -> RootfsError {
        RootfsError::Mount {
            index: self.index,
            destination: self.mount.destination.clone(),
            doing: doing.to_owned(),
            source,
            remedy,
        }
    }

    pub(super) fn refuse(&self, option: &str, reason: &'static str) -> RootfsError {
        RootfsError::Option {
            index: self.index,
            destination: self.mount.destination.clone(),
            option: option.to_owned(),
            reason,
        }
    }

    /// A path below the destination, as the container sees it.
    pub(super) fn below(&self, name: &str) -> PathBuf {
        self.mount.destination.join(name)
    }
}
