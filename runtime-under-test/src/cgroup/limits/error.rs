use super::Controller;
use crate::syscall::Reason;
use std::{io, path::PathBuf};

/// Why a limit could not be set.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// The kernel does not take it.
    #[error("linux.resources.{field}: cannot write {value:?} to {path}: {reason}{hint}", path = file.display(), reason = source.words())]
    Write {
        /// What asks for it, below `linux.resources`.
        field: String,
        /// What was written.
        value: String,
        /// Where.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What that means here, or nothing.
        hint: &'static str,
    },
    /// It contradicts another, or this version of cgroups has no such limit.
    #[error("linux.resources.{field}: {reason}")]
    Impossible {
        /// What asks for it, below `linux.resources`.
        field: String,
        /// Why not.
        reason: String,
    },
    /// There is nothing that could limit it.
    #[error("linux.resources.{field}: {reason} has the controller {controller}")]
    NoController {
        /// What asks for it, below `linux.resources`.
        field: String,
        /// Who lacks it.
        reason: &'static str,
        /// The controller.
        controller: Controller,
    },
    /// A cgroup above the container's does not give the controller to those below it.
    #[error("linux.resources.{field}: cannot enable the controller {controller} in {path}: {reason}{hint}", path = file.display(), reason = source.words())]
    Enable {
        /// What asks for it, below `linux.resources`.
        field: String,
        /// The controller.
        controller: Controller,
        /// The `cgroup.subtree_control`.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What that means here, or nothing.
        hint: &'static str,
    },
}

impl LimitError {
    /// `field` asks for what cannot be.
    pub(super) fn impossible(field: &str, reason: impl Into<String>) -> LimitError {
        LimitError::Impossible { field: field.to_owned(), reason: reason.into() }
    }
}
