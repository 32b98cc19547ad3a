//! What happens in a directory. inotify(7).

use nix::sys::inotify::AddWatchFlags;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A step of watching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Watch {
    /// Watches a directory for everything, `IN_ALL_EVENTS`. Answer: a descriptor as a number.
    Begin {
        /// Path of the directory.
        path: String,
    },
    /// Takes what has happened until now: a look, not a wait. Answer: the events, none where nothing has happened.
    Take {
        /// The descriptor.
        descriptor: i32,
    },
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEvent {
    /// `IN_...`.
    pub mask: u32,
    /// The entry of the directory; none for the directory itself.
    pub name: Option<String>,
}

impl fmt::Display for DirectoryEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (flag, _) in AddWatchFlags::from_bits_retain(self.mask).iter_names() {
            write!(f, "{flag} ")?;
        }
        f.write_str(self.name.as_deref().unwrap_or("itself"))
    }
}
