//! clone3, pidfds and the few process attributes that nix does not wrap.

use super::{checked, descriptors::is_open, of_rustix};
use nix::fcntl::{OFlag, open};
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::{errno::Errno, libc, sched::CloneFlags, sys::stat::Mode, unistd::Pid};
use rustix::process::{PidfdFlags, pidfd_open};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

/// A process, held by a descriptor: unlike a number it can never come to mean another process (pidfd_open(2)).
#[derive(Debug)]
pub struct PidFd(OwnedFd);

impl PidFd {
    /// Takes hold of the process that is `pid` now.
    pub fn open(pid: Pid) -> Result<PidFd, Errno> {
        let pid = rustix::process::Pid::from_raw(pid.as_raw()).ok_or(Errno::EINVAL)?;
        pidfd_open(pid, PidfdFlags::empty()).map(PidFd).map_err(of_rustix)
    }

    /// Sends `signal`, a number from 1 to 64, or 0 to ask whether it still could be sent.
    pub fn send(&self, signal: i32) -> Result<(), Errno> {
        // SAFETY: a null siginfo means what kill(2) would send.
        let sent = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.0.as_raw_fd(),
                signal,
                std::ptr::null::<libc::siginfo_t>(),
                0,
            )
        };
        checked(sent).map(drop)
    }

    /// Kills it for certain. That it is already gone is no error.
    pub fn kill(&self) {
        let _ = self.send(Signal::SIGKILL as i32);
    }
}

held_by_descriptor!(PidFd);

/// In which of the two processes a [`fork_into`] returned.
#[derive(Debug)]
pub enum Forked {
    /// In the new one.
    Child,
    /// In the caller.
    Parent {
        /// The child's pid, in the caller's pid namespace.
        pid: Pid,
        /// The child, held.
        pidfd: PidFd,
    },
}

/// Forks a child into new `namespaces`, and into `cgroup` (a cgroup v2 directory) if given, in one clone3(2).
///
/// With `sibling` the child's parent is the caller's own parent. The process must have one thread only (ptyrun never
/// starts another): locks held by others would stay locked in the child.
pub fn fork_into(namespaces: CloneFlags, cgroup: Option<BorrowedFd<'_>>, sibling: bool) -> Result<Forked, Errno> {
    let mut pidfd: RawFd = -1;
    // SAFETY: clone_args is plain data for which all zeroes means "nothing asked for".
    let mut arguments: libc::clone_args = unsafe { std::mem::zeroed() };
    arguments.flags = namespaces.bits() as u64 | libc::CLONE_PIDFD as u64;
    arguments.pidfd = &raw mut pidfd as u64;
    if sibling {
        arguments.flags |= libc::CLONE_PARENT as u64; // the exit signal is then the caller's own
    } else {
        arguments.exit_signal = libc::SIGCHLD as u64;
    }
    if let Some(cgroup) = cgroup {
        const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000; // linux/sched.h; libc's constant is too narrow for it
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = cgroup.as_raw_fd() as u64;
    }
    // SAFETY: without CLONE_VM this is a fork: the child runs on a copy of this stack. The arguments outlive the call.
    let pid = checked(unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size_of::<libc::clone_args>()) })?;
    if pid == 0 {
        return Ok(Forked::Child);
    }
    // SAFETY: the kernel stored a new descriptor there, nobody else owns it.
    let pidfd = PidFd(unsafe { OwnedFd::from_raw_fd(pidfd) });
    Ok(Forked::Parent { pid: Pid::from_raw(pid as libc::pid_t), pidfd })
}

/// Enters the namespaces `which` of the process `target`, all or none (setns(2) with a pidfd, Linux 5.8).
pub fn join_namespaces(target: &PidFd, which: CloneFlags) -> Result<(), Errno> {
    nix::sched::setns(target.as_fd(), which)
}

/// Does what a `main` of Rust's finds done: `/dev/null` is opened for each standard stream that the caller closed, so that no
/// file of ptyrun's own gets its number, and SIGPIPE is ignored, so that writing where nobody reads is an error.
pub fn begin() -> Result<(), Errno> {
    for stream in 0..=2 {
        if !is_open(stream) {
            // The lowest number that is free: this stream's.
            let _ = open("/dev/null", OFlag::O_RDWR, Mode::empty())?.into_raw_fd();
        }
    }
    // SAFETY: no code runs where a signal is ignored.
    unsafe { signal(Signal::SIGPIPE, SigHandler::SigIgn) }.map(drop)
}

/// Ends the process: nothing of C's is left to be done, and its looking for that touches pages that nobody else needs.
pub fn end(status: u8) -> ! {
    // SAFETY: it ends the process, whatever that was doing.
    unsafe { libc::_exit(status.into()) }
}

/// Has this process killed when its parent ends (PR_SET_PDEATHSIG(2const)). A change of its ids undoes it.
pub fn die_with_parent() -> Result<(), Errno> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)
}

/// Undoes [`die_with_parent`].
pub fn live_on() -> Result<(), Errno> {
    nix::sys::prctl::set_pdeathsig(None)
}

/// Makes `/proc/PID` of this process, its `exe` and `fd` above all, closed to whoever lacks CAP_SYS_PTRACE over the
/// user namespace it was started in (PR_SET_DUMPABLE(2const)). An execve undoes it.
pub fn set_undumpable() -> Result<(), Errno> {
    nix::sys::prctl::set_dumpable(false)
}
