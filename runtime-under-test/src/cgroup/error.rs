use super::limits::LimitError;
use super::systemd::SystemdError;
use crate::syscall::Reason;
use std::io;
use std::path::{Path, PathBuf};

/// Why something about the container's cgroup could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CgroupError {
    /// A directory or file.
    #[error("cannot {doing} {}: {}", path.display(), source.words())]
    File {
        /// What was tried.
        doing: &'static str,
        /// The cgroup's directory, or a file of it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The config asks for what needs a cgroup that cannot be had.
    #[error("{field}: {source}")]
    Needed {
        /// What asks for it.
        field: String,
        /// Why there is none.
        source: Box<CgroupError>,
    },
    /// A limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// systemd.
    #[error(transparent)]
    Systemd(#[from] SystemdError),
    /// Rules about devices that nothing can enforce.
    #[error("linux.resources.devices: no cgroup hierarchy of this machine can restrict devices")]
    NoDeviceController,
    /// Limits and signals that are meant for the container would be for others, too.
    #[error("the cgroup {} is in use: {processes} processes are in it", directory.display())]
    Occupied {
        /// The cgroup's directory.
        directory: PathBuf,
        /// How many.
        processes: usize,
    },
}

impl CgroupError {
    pub(super) fn new(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::File { doing, path, source }
    }

    /// Whether the caller may not, or there is nothing to write in.
    pub(super) fn is_refusal(&self) -> bool {
        use io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem};
        let Self::File { source, .. } = self else { return false };
        matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem | NotFound)
    }

    /// The same, for what `field` asks for.
    pub(super) fn needed_by(self, field: impl Into<String>) -> Self {
        Self::Needed { field: field.into(), source: Box::new(self) }
    }
}
