use super::{failed, stay};
use crate::defect::{Defect, active};
use crate::relay::stream;
use crate::syscall::descriptors::close_from_except;
use crate::syscall::process::{Forked, fork_into};
use crate::terminal::{Pty, Slave, TerminalError, ioctl};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::libc;
use nix::sched::CloneFlags;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, dup, dup2_stderr, dup2_stdin, dup2_stdout, pipe2, read, setpgid, tcsetpgrp, write};
use std::os::fd::{AsFd, AsRawFd};

/// A pty of the devpts instance that the caller sees, made from its `/dev/ptmx` and verified by nobody.
pub fn host_pty() -> Result<Pty, TerminalError> {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let master = open("/dev/ptmx", flags, Mode::empty()).map_err(failed)?;
    ioctl::unlock(&master).map_err(failed)?;
    let slave = Slave::from(ioctl::open_peer(&master).map_err(failed)?);
    Ok(Pty { master, slave })
}

/// Takes a terminal away from whatever session has it. ioctl_tty(2)
pub fn steal(terminal: impl AsFd) -> Result<(), Errno> {
    const STEAL: libc::c_int = 1;
    // SAFETY: takes an int, no pointers.
    Errno::result(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::TIOCSCTTY, STEAL) }).map(drop)
}

/// The defects of streams that were right a moment ago.
pub fn spoil_streams(slave: &Slave) -> Result<(), TerminalError> {
    let again = |flags| open("/proc/self/fd/1", flags | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty());
    if active(Defect::StdinDevNull) {
        let null = open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty());
        dup2_stdin(null.map_err(failed)?).map_err(failed)?;
    }
    if active(Defect::TtyOpensSeparately) {
        dup2_stdin(again(OFlag::O_RDWR).map_err(failed)?).map_err(failed)?;
        dup2_stderr(again(OFlag::O_RDWR).map_err(failed)?).map_err(failed)?;
    }
    if active(Defect::TtyReadOnly) {
        dup2_stdin(again(OFlag::O_RDONLY).map_err(failed)?).map_err(failed)?;
    }
    if active(Defect::TtyNonblock) {
        fcntl(slave, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(failed)?;
    }
    Ok(())
}

/// [`Defect::ForegroundGroupNotInit`]: the group of a process that has already ended.
pub fn foreground_group_of_nobody() {
    let Ok(Forked::Parent { pid, pidfd }) = fork_into(CloneFlags::empty(), None, false) else { stay() };
    let _ = setpgid(pid, pid);
    let mut ignored = SigSet::empty();
    ignored.add(Signal::SIGTTOU);
    let _ = ignored.thread_block();
    let _ = tcsetpgrp(stream(0), pid);
    pidfd.kill();
    let _ = nix::sys::wait::waitpid(Pid::from_raw(pid.as_raw()), None);
}

/// The defects of streams that stay the caller's.
pub fn spoil_kept_streams() -> Result<(), TerminalError> {
    if active(Defect::CttyWithoutTerminal) {
        let _ = steal(stream(0)); // whatever 0 is: it need not be a terminal
    }
    if active(Defect::StdioCrossed) {
        let (output, error) = (dup(stream(1)).map_err(failed)?, dup(stream(2)).map_err(failed)?);
        dup2_stdout(error).and_then(|()| dup2_stderr(output)).map_err(failed)?;
    }
    if active(Defect::StdinEofLost) {
        without_eof()?;
    }
    Ok(())
}

/// [`Defect::StdinEofLost`]: a helper process copies the input and then stays.
fn without_eof() -> Result<(), TerminalError> {
    let (from, to) = pipe2(OFlag::O_CLOEXEC).map_err(failed)?;
    if matches!(fork_into(CloneFlags::empty(), None, false), Ok(Forked::Child)) {
        let _ = close_from_except(3, &[to.as_fd()]);
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = read(stream(0), &mut buffer) {
            let _ = write(&to, &buffer[..length]);
        }
        stay();
    }
    dup2_stdin(from).map_err(failed)
}

/// The defects of what a program inherits beside descriptors.
pub fn spoil_signals() {
    if active(Defect::SignalsIgnoredInherited) {
        for signal in [Signal::SIGPIPE, Signal::SIGTTOU, Signal::SIGHUP] {
            // SAFETY: ignoring a signal runs no code of ours.
            unsafe { libc::signal(signal as i32, libc::SIG_IGN) };
        }
    }
    if active(Defect::SigmaskInherited) {
        let blocked: SigSet = [Signal::SIGTERM, Signal::SIGWINCH].into_iter().collect();
        let _ = blocked.thread_block();
    }
}
