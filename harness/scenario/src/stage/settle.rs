//! Waiting until an end of a pty has dealt with all its input, without sleeping.
//!
//! What is typed lies in a buffer until a worker of the kernel hands it to the line discipline. poll(2) of a
//! slave waits for that worker, but only where there is nothing to read. Where there is, a canary tells: one more
//! pty whose input is queued behind ours. Work of one pool starts in the order in which it was queued, so once
//! poll has waited for the canary's, ours has started at least; and FIONREAD then waits for the lock that it
//! holds while it runs. A pool belongs to a group of CPUs, so the thread must not wander between them.
//!
//! One gap remains: ours may have started and be without a CPU before it takes the lock, or be between two pieces of
//! what was typed. On a busy machine that is seen in about one of ten thousand steps, so the pty also waits for what the
//! model foresees, up to a deadline.

use super::StageError;
use super::calls::{ready, set_termios, write};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::{poll::PollFlags, unistd::Pid};
use ntty::Termios;
use ptyproof_harness::terminal::{Pair, unread};
use ptyproof_probe::IoctlName;
use std::os::fd::BorrowedFd;

/// A pty whose input is always dropped.
pub(super) struct Canary {
    pair: Pair,
    before: CpuSet,
}

/// With IGNCR, this is all the canary's line discipline ever sees, and it leaves no trace.
const DROPPED: &[u8] = b"\r";

impl Canary {
    /// Opens the canary's pty, and binds this thread to one CPU.
    pub(super) fn new() -> Result<Self, StageError> {
        let before = bind()?;
        let pair = Pair::open().map_err(StageError::call("opening the canary's pty"))?;
        let silent = Termios { iflag: nix::libc::IGNCR, lflag: nix::libc::ICANON, ..Termios::default() };
        set_termios(&pair.slave, ntty::Action::Now, &silent)?;
        Ok(Self { pair, before })
    }

    /// Returns once the worker has handed all that was written so far to the line discipline of `end`.
    pub(super) fn settle(&self, end: BorrowedFd<'_>) -> Result<(), StageError> {
        let polled = ready(end)?;
        if !polled.contains(PollFlags::POLLIN) {
            return Ok(());
        }
        write(&self.pair.master, DROPPED)?;
        ready(&self.pair.slave)?;
        unread(end).map_err(StageError::ioctl(IoctlName::Fionread))?;
        Ok(())
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        let _ = sched_setaffinity(Pid::from_raw(0), &self.before);
    }
}

/// Binds this thread to one of its CPUs, and tells which it had. Processes that are forked one after another
/// come to different ones.
fn bind() -> Result<CpuSet, StageError> {
    let failed = StageError::call("binding to a CPU");
    let this_thread = Pid::from_raw(0);
    let before = sched_getaffinity(this_thread).map_err(&failed)?;
    let allowed: Vec<usize> = (0..CpuSet::count()).filter(|cpu| before.is_set(*cpu).unwrap_or(false)).collect();
    let turn = usize::try_from(std::process::id()).unwrap_or(0) % allowed.len().max(1);
    let mut one = CpuSet::new();
    one.set(allowed.get(turn).copied().unwrap_or(0)).map_err(&failed)?;
    sched_setaffinity(this_thread, &one).map_err(&failed)?;
    Ok(before)
}
