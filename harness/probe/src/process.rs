//! Processes: making, replacing, waiting for and hanging them up.

use nix::errno::Errno as SysErrno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, execv};
use ptyproof_probe::{ChildGroup, ChildStatus, Errno, Signal};
use std::ffi::CString;

/// Forks; the child gets `None`.
pub fn fork(group: ChildGroup) -> Result<Option<i32>, Errno> {
    // SAFETY: the probe has one thread, so the child inherits a whole and unlocked heap.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => {
            if group == ChildGroup::Own {
                // Both sides set the group, so that it is set whoever runs first. setpgid(2).
                let _ = nix::unistd::setpgid(child, child);
            }
            Ok(Some(child.as_raw()))
        }
        ForkResult::Child => {
            match group {
                ChildGroup::Parents => {}
                ChildGroup::Own => nix::unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0))?,
                ChildGroup::OwnSession => {
                    nix::unistd::setsid()?;
                }
            }
            Ok(None)
        }
    }
}

/// execve(2) of this very program, to serve another control socket. It returns only where it failed.
pub fn execute(control: &str) -> Errno {
    let Ok(control) = CString::new(control) else {
        return Errno(nix::libc::EINVAL);
    };
    let arguments = [c"probe", c"serve", control.as_c_str()];
    match execv(c"/proc/self/exe", &arguments) {
        Ok(never) => match never {},
        Err(errno) => errno.into(),
    }
}

/// vhangup(2): hangs up the controlling terminal.
pub fn hang_up() -> Result<(), SysErrno> {
    // SAFETY: vhangup takes no arguments and touches no memory of ours.
    SysErrno::result(unsafe { nix::libc::syscall(nix::libc::SYS_vhangup) }).map(drop)
}

/// waitpid(2) for one child's end, and with `WUNTRACED` for its stop, too.
pub fn wait(pid: i32, stopped: bool) -> Result<ChildStatus, Errno> {
    let flags = if stopped { WaitPidFlag::WUNTRACED } else { WaitPidFlag::empty() };
    loop {
        let status = match waitpid(Pid::from_raw(pid), Some(flags)) {
            Ok(WaitStatus::Exited(_, status)) => ChildStatus::Exited(status),
            Ok(WaitStatus::Signaled(_, signal, _)) => ChildStatus::Killed(Signal(signal as i32)),
            Ok(WaitStatus::Stopped(_, signal)) => ChildStatus::Stopped(Signal(signal as i32)),
            Ok(_) | Err(SysErrno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        return Ok(status);
    }
}
