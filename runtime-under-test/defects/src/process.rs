//! Processes that defects leave behind.

use nix::sched::CloneFlags;
use ptyrun::syscall::descriptors::close_from_except;
use ptyrun::syscall::process::{Forked, fork_into};
use std::os::fd::AsFd;

/// Whether this is the new one of two processes.
pub(crate) fn in_new_process() -> bool {
    matches!(fork_into(CloneFlags::empty(), None, false), Ok(Forked::Child))
}

/// Waits without end with nothing open but `file`, where no terminal's hang-up reaches.
pub(crate) fn stay_with(file: impl AsFd) -> ! {
    let _ = nix::unistd::setsid();
    let _ = close_from_except(0, &[file.as_fd()]);
    stay()
}

/// Waits without end.
pub(crate) fn stay() -> ! {
    loop {
        nix::unistd::pause();
    }
}
