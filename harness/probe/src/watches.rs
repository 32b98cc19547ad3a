//! Watching directories. inotify(7).

use nix::errno::Errno as SysErrno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use ptyproof_probe::{DirectoryEvent, Errno, Reply, Watch};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

/// Performs a step of watching.
pub fn perform(watch: &Watch) -> Result<Reply, Errno> {
    match watch {
        Watch::Begin { path } => {
            let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
            inotify.add_watch(path.as_str(), AddWatchFlags::IN_ALL_EVENTS)?;
            // It stays open for later requests.
            let inotify = ManuallyDrop::new(inotify);
            Ok(Reply::Number(i64::from(inotify.as_fd().as_raw_fd())))
        }
        Watch::Take { descriptor } => take(*descriptor).map(Reply::Events),
    }
}

fn take(descriptor: i32) -> Result<Vec<DirectoryEvent>, Errno> {
    let link = std::fs::read_link(format!("/proc/self/fd/{descriptor}"))?;
    if link != Path::new("anon_inode:inotify") {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the descriptor is open and one of inotify(7), as its link says. It is not closed on drop.
    let inotify = unsafe { Inotify::from_owned_fd(OwnedFd::from_raw_fd(descriptor)) };
    let events = ManuallyDrop::new(inotify).read_events();
    match events {
        Ok(events) => Ok(events
            .into_iter()
            .map(|event| DirectoryEvent {
                mask: event.mask.bits(),
                name: event.name.map(|name| name.display().to_string()),
            })
            .collect()),
        Err(SysErrno::EAGAIN) => Ok(Vec::new()),
        Err(errno) => Err(errno.into()),
    }
}
