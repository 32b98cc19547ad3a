//! Changes of the filesystem that can be asked for.

use crate::values::Bytes;
use serde::{Deserialize, Serialize};

/// A change of the filesystem, by one system call. The answer is that it is done, or the errno.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileChange {
    /// mkdir(2) with mode 0755.
    MakeDirectory {
        /// Its path.
        path: String,
    },
    /// unlink(2).
    Unlink {
        /// Path of the file.
        path: String,
    },
    /// rename(2).
    Rename {
        /// The old path.
        from: String,
        /// The new path.
        to: String,
    },
    /// link(2).
    Link {
        /// Path of the file.
        from: String,
        /// Its further path.
        to: String,
    },
    /// symlink(2).
    Symlink {
        /// What the link says.
        target: String,
        /// Path of the link.
        path: String,
    },
    /// chmod(2).
    SetMode {
        /// Path of the file.
        path: String,
        /// Permission bits.
        mode: u32,
    },
    /// chown(2).
    SetOwner {
        /// Path of the file.
        path: String,
        /// User id.
        user: u32,
        /// Group id.
        group: u32,
    },
    /// setxattr(2).
    SetAttribute {
        /// Path of the file.
        path: String,
        /// Name of the extended attribute.
        name: String,
        /// Its value.
        value: Bytes,
    },
}
