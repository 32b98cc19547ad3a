//! Watching and ending a process, by its process id as files and messages tell it.

use nix::errno::Errno;
use nix::sys::signal::{SigSet, SigmaskHow, pthread_sigmask};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::OwnedFd;
use std::{io, thread};

/// A descriptor that becomes readable when the process has ended, whoever's child it is. `ESRCH` where it is gone already,
/// `EINVAL` where no process has such an id, `ENOSYS` before Linux 5.3. pidfd_open(2)
pub(crate) fn pidfd(pid: i32) -> Result<OwnedFd, Errno> {
    let pid = Some(pid).filter(|pid| *pid > 0).and_then(Pid::from_raw).ok_or(Errno::EINVAL)?;
    pidfd_open(pid, PidfdFlags::empty()).map_err(errno)
}

/// Like [`pidfd`], for a child of this process, and on every kernel: where there are no such descriptors, a thread waits for
/// the child, and leaves its status to be taken. This then becomes readable by a hang-up.
pub(crate) fn end_of_child(pid: i32) -> io::Result<OwnedFd> {
    match pidfd(pid) {
        Err(Errno::ENOSYS) => waited_for(nix::unistd::Pid::from_raw(pid)),
        descriptor => Ok(descriptor?),
    }
}

fn waited_for(child: nix::unistd::Pid) -> io::Result<OwnedFd> {
    let (ended, running) = io::pipe()?;
    // Signals are for the threads of the program, and some of those wait for them.
    let mut before = SigSet::empty();
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&SigSet::all()), Some(&mut before))?;
    let watcher = thread::Builder::new().name("end of a child".to_owned()).spawn(move || {
        let ended = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        while waitid(Id::Pid(child), ended) == Err(Errno::EINTR) {}
        drop(running);
    });
    before.thread_set_mask()?;
    watcher.map(|_| ended.into())
}

/// Kills the process that the descriptor is of, and never another one that has got its number since. `ESRCH` where it
/// is gone already. pidfd_send_signal(2)
pub(crate) fn kill(process: &OwnedFd) -> Result<(), Errno> {
    pidfd_send_signal(process, Signal::KILL).map_err(errno)
}

fn errno(errno: rustix::io::Errno) -> Errno {
    Errno::from_raw(errno.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::Deadline;
    use nix::poll::PollFlags;
    use std::{process::Command, time::Duration};

    #[test]
    fn the_end_of_a_child_is_seen_where_there_are_no_pidfds_and_its_status_stays() {
        let mut child = Command::new("sh")
            .args(["-c", "read line; exit 7"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("a shell");
        let end = waited_for(nix::unistd::Pid::from_raw(child.id().cast_signed())).expect("a thread");
        assert_eq!(Deadline::after(Duration::ZERO).wait_for(&end, PollFlags::POLLIN), Ok(false), "it waits for input");
        drop(child.stdin.take());
        assert_eq!(Deadline::after(Duration::from_secs(10)).wait_for(&end, PollFlags::POLLIN), Ok(true));
        assert_eq!(child.wait().expect("it is a child").code(), Some(7));
    }
}
