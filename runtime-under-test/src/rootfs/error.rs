use nix::errno::Errno;
use std::path::{Path, PathBuf};

/// Why the root filesystem could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum RootfsError {
    /// A system call failed.
    #[error("{doing}: {source}")]
    Call {
        /// What was tried, with the path or name it was tried on.
        doing: String,
        /// What the kernel said.
        source: Errno,
    },
    /// An entry of `mounts` could not be mounted.
    #[error("mounts[{index}] ({}): {doing}: {source}{}", destination.display(), remedy.as_deref().map(|r| format!("; {r}")).unwrap_or_default())]
    Mount {
        /// Which entry, from 0.
        index: usize,
        /// Its destination as the config writes it.
        destination: PathBuf,
        /// What was tried.
        doing: String,
        /// What the kernel said.
        source: Errno,
        /// What to change, where that is known.
        remedy: Option<String>,
    },
    /// An option of an entry of `mounts` that ptyrun does not do, or that contradicts the entry.
    #[error("mounts[{index}] ({}): option {option:?} {reason}", destination.display())]
    Option {
        /// Which entry, from 0.
        index: usize,
        /// Its destination as the config writes it.
        destination: PathBuf,
        /// The option as the config writes it.
        option: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A filesystem that reveals the kernel's state would be mounted through a link of the image (CVE-2019-19921).
    #[error("mounts[{index}] ({}): refused, the path leads over a symbolic link and the filesystem is {kind}", destination.display())]
    Link {
        /// Which entry, from 0.
        index: usize,
        /// Its destination as the config writes it.
        destination: PathBuf,
        /// The filesystem's type.
        kind: String,
    },
    /// A node that must be a certain device is something else.
    #[error("{}: expected the character device {major}:{minor}", path.display())]
    NotTheDevice {
        /// The node.
        path: PathBuf,
        /// Major number.
        major: u64,
        /// Minor number.
        minor: u64,
    },
}

impl RootfsError {
    /// A failed call on a path.
    pub(crate) fn call(doing: &str, path: &Path, source: Errno) -> Self {
        Self::Call { doing: format!("{doing} {}", path.display()), source }
    }
}
