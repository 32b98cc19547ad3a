//! A shell and its background job, as far as a runtime can tell: the leader of a session with a terminal, and a process group
//! of its own beside it.

use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, setpgid, tcsetpgrp};
use std::io::{self, stdin};

/// What the shell is sent to bring its job to the foreground.
pub(super) const FG: ptyproof_probe::Signal = ptyproof_probe::Signal(nix::libc::SIGCONT);

/// Goes on as a background job of this session's terminal. To be called between fork and execve.
///
/// The session's leader stays, in the foreground, as the shell that waits for the job: it ends as the job does, and with 128 and
/// the number of the signal where one stops the job.
pub(super) fn become_one() -> io::Result<()> {
    let heard = SigSet::from_iter([Signal::SIGCHLD, Signal::SIGCONT]);
    let mut before = SigSet::empty();
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&heard), Some(&mut before))?;
    // SAFETY: between fork and exec there is one thread; both processes only make system calls from here on.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Child => {
            setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
            Ok(sigprocmask(SigmaskHow::SIG_SETMASK, Some(&before), None)?)
        }
        ForkResult::Parent { child } => {
            let _ = setpgid(child, child);
            // SAFETY: nothing of this process is used any more but its streams; the harness waits for a pipe's end.
            unsafe { nix::libc::close_range(3, u32::MAX, 0) };
            let status = wait_for(child, heard);
            // SAFETY: ends without running what the harness has registered for its own end.
            unsafe { nix::libc::_exit(status) }
        }
    }
}

/// Waits for the job's end, and brings it to the foreground when told to: the exit status of the shell.
fn wait_for(job: Pid, heard: SigSet) -> i32 {
    loop {
        match waitpid(job, Some(WaitPidFlag::WUNTRACED | WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => {}
            Ok(WaitStatus::Exited(_, status)) => return status,
            Ok(WaitStatus::Signaled(_, signal, _) | WaitStatus::Stopped(_, signal)) => return 128 + signal as i32,
            _ => return 255,
        }
        if heard.wait() == Ok(Signal::SIGCONT)
            && tcsetpgrp(stdin(), job).and_then(|()| kill(job, Signal::SIGCONT)).is_err()
        {
            return 255;
        }
    }
}
