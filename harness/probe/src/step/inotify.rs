//! What happens in a directory. inotify(7)

use crate::{answer::New, asking::steps, values::Errno};
use nix::errno::Errno as SysErrno;
use nix::sys::inotify::{AddWatchFlags, InitFlags};
use serde::{Deserialize, Serialize};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::{fmt, mem::ManuallyDrop, path::Path};

steps! {
    /// Steps that tell what happens in a directory.
    Inotify;

    /// Follows everything that happens in a directory, `IN_ALL_EVENTS`; the answer is what [`TakeEvents`] takes.
    FollowDirectory { path: String } -> New<i32>: watch_directory | try_watch_directory,
        "follow what happens in {path}" => {
            let inotify = nix::sys::inotify::Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
            inotify.add_watch(path.as_str(), AddWatchFlags::IN_ALL_EVENTS)?;
            // It stays open for later steps.
            let inotify = ManuallyDrop::new(inotify);
            Ok(New(inotify.as_fd().as_raw_fd()))
        }

    /// What has happened in a directory that is followed since last asked, in order: a look, not a wait.
    TakeEvents { descriptor: i32 } -> Vec<DirectoryEvent>: events | try_events,
        "take the events of descriptor {descriptor}" => {
            let link = std::fs::read_link(format!("/proc/self/fd/{descriptor}"))?;
            if link != Path::new("anon_inode:inotify") {
                return Err(Errno::EINVAL);
            }
            // SAFETY: the descriptor is open and one of inotify(7), as its link says. It is not closed on drop.
            let inotify =
                unsafe { nix::sys::inotify::Inotify::from_owned_fd(OwnedFd::from_raw_fd(descriptor)) };
            let events = match ManuallyDrop::new(inotify).read_events() {
                Err(SysErrno::EAGAIN) => Vec::new(),
                events => events?,
            };
            let told = events.into_iter().map(|event| DirectoryEvent {
                mask: event.mask.bits(),
                name: event.name.map(|name| name.display().to_string()),
            });
            Ok(told.collect())
        }
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
