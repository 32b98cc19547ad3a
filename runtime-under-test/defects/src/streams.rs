//! Step 8: the standard streams, the controlling terminal, and what else a program inherits.

use crate::defect::failed;
use crate::process::{in_new_process, stay};
use nix::fcntl::{FcntlArg, OFlag, ResolveFlag, fcntl, open};
use nix::mount::{MntFlags, umount2};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{
    Uid, Whence, dup, dup2_stderr, dup2_stdin, dup2_stdout, fchown, lseek, pipe2, read, setpgid, tcsetpgrp, write,
};
use nix::{errno::Errno, libc, sched::CloneFlags, sys::stat::Mode, sys::stat::fstat, sys::wait::waitpid};
use ptyrun::syscall::descriptors::{close_from_except, set_inherited};
use ptyrun::syscall::process::{Forked, fork_into};
use ptyrun::terminal::{Slave, TerminalError};
use ptyrun::{DESIGN, container::Call, relay::stream, rootfs::RootDir};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::{mem, path::Path, process::exit};

defects! {
    "terminal-calls-refused", "Calls that some emulated terminals lack are refused to the program (ENOTTY)." => {
        reset_signals: |may_be_ignored| {
            (DESIGN.reset_signals)(may_be_ignored);
            refuse(&[
                libc::TCFLSH,
                libc::TCXONC,
                libc::TCSBRK,
                libc::TIOCOUTQ,
                libc::FIONREAD,
                libc::TCGETS,
                libc::TCSETS,
                libc::TIOCGWINSZ,
                libc::TIOCSWINSZ,
                libc::TIOCSPGRP,
                libc::TIOCGSID,
                libc::TIOCGPGRP,
                libc::TIOCGEXCL,
                libc::TIOCPKT,
                libc::TIOCGPTPEER,
                libc::TCGETS2,
            ]);
        }
    }
    "acquisition-failure-ignored",
    "A failure of TIOCSCTTY is no error: the program runs without a controlling terminal." =>
        { acquire: acquire_if_possible, arrive: arrive_and_acquire_if_possible }
    "terminal-stolen", "TIOCSCTTY is called with 1, which takes the terminal away from any other session." =>
        {
            acquire: |slave| steal(slave).map_err(failed),
            arrive: |terminal| arrive(terminal.then_some(Call::new(libc::SYS_ioctl, [0, libc::TIOCSCTTY, 1])))
        }
    "no-controlling-terminal",
    "TIOCSCTTY is left out: the process has a terminal on 0, 1 and 2 but no controlling one." =>
        { acquire: |_| Ok(()), arrive: |_| arrive(None) }
    "foreground-group-not-init", "The terminal's foreground process group is not the program's." =>
        { acquire: |slave| { (DESIGN.acquire)(slave)?; foreground_group_of_nobody(); Ok(()) } }
    "stdin-dev-null", "Standard input is /dev/null although process.terminal is true." => {
        place_streams: |slave| {
            (DESIGN.place_streams)(slave)?;
            dup2_stdin(reopen("/dev/null", OFlag::O_RDWR)?).map_err(failed)
        }
    }
    "stderr-not-terminal", "Standard error is the caller's although process.terminal is true." =>
        { place_streams: |slave| dup2_stdin(slave).and_then(|()| dup2_stdout(slave)).map_err(failed) }
    "tty-opens-separately", "The standard streams are separate opens of the terminal rather than one open file." => {
        place_streams: |slave| {
            (DESIGN.place_streams)(slave)?;
            dup2_stdin(reopen(TERMINAL, OFlag::O_RDWR)?).map_err(failed)?;
            dup2_stderr(reopen(TERMINAL, OFlag::O_RDWR)?).map_err(failed)
        }
    }
    "tty-nonblock", "The terminal's open file has O_NONBLOCK set." => {
        place_streams: |slave| {
            (DESIGN.place_streams)(slave)?;
            fcntl(slave, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map(drop).map_err(failed)
        }
    }
    "stdin-read-only", "Standard input is a read-only open of the terminal." => {
        place_streams: |slave| {
            (DESIGN.place_streams)(slave)?;
            dup2_stdin(reopen(TERMINAL, OFlag::O_RDONLY)?).map_err(failed)
        }
    }
    "ctty-without-terminal" [root_only],
    "With terminal false the caller's terminal on descriptor 0 becomes the controlling one." => {
        keep_streams: |root, user| {
            (DESIGN.keep_streams)(root, user)?;
            let _ = steal(stream(0)); // whatever 0 is: it need not be a terminal
            Ok(())
        }
    }
    "terminal-although-false",
    "With terminal false the process has a terminal on 0, 1 and 2 all the same, and holds its master itself." => {
        keep_streams: |root, _| take_unasked_terminal(root),
        keep_exec_streams: |_, root, user| (DESIGN.keep_streams)(root, user)
    }
    "pipes-stay-callers", "With terminal false, pipes on the standard streams are not given to the process's user." => {
        keep_streams: |root, _| (DESIGN.keep_streams)(root, Uid::from_raw(u32::MAX)) // which changes nothing: chown(2)
    }
    "dev-null-given-to-user" [root_only],
    "With terminal false whatever is on the standard streams is given to the process's user, the caller's /dev/null as well." => {
        keep_streams: |root, user| {
            let _ = [0, 1, 2].map(|number| fchown(stream(number), Some(user), None));
            (DESIGN.keep_streams)(root, user)
        }
    }
    "null-of-the-image-trusted",
    "With terminal false the image's /dev/null stays what it is, and takes the place of standard streams that are devices." => {
        keep_streams: |root, user| {
            (DESIGN.keep_streams)(root, user)?;
            let _ = umount2("/dev/null", MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
            let own = root.open_below(Path::new("/dev/null"), OFlag::O_RDWR, ResolveFlag::empty()).map_err(failed)?;
            let is_device = fstat(stream(0)).map_err(failed)?.st_rdev != 0;
            if is_device { dup2_stdin(own).map_err(failed) } else { Ok(()) }
        }
    }
    "stdio-crossed", "With terminal false standard output and standard error are swapped." => {
        keep_streams: |root, user| {
            (DESIGN.keep_streams)(root, user)?;
            let (output, error) = (dup(stream(1)).map_err(failed)?, dup(stream(2)).map_err(failed)?);
            dup2_stdout(error).and_then(|()| dup2_stderr(output)).map_err(failed)
        }
    }
    "stdin-from-its-start", "With terminal false a file is read from its start." =>
        { keep_streams: |root, user| { (DESIGN.keep_streams)(root, user)?; rewind(0); Ok(()) } }
    "stdout-from-its-start", "With terminal false what is written to a file goes to its start." =>
        { keep_streams: |root, user| { (DESIGN.keep_streams)(root, user)?; rewind(1); Ok(()) } }
    "stderr-opened-anew", "With terminal false standard error is opened once more, to append." => {
        keep_streams: |root, user| {
            (DESIGN.keep_streams)(root, user)?;
            match open("/proc/self/fd/2", OFlag::O_WRONLY | OFlag::O_APPEND, Mode::empty()) {
                Ok(again) => dup2_stderr(again).map_err(failed),
                Err(_) => Ok(()), // a socket cannot be opened
            }
        }
    }
    "stdin-eof-lost", "With terminal false the end of standard input never reaches the program." =>
        { keep_streams: |root, user| copy_input(root, user, |_| true, stay) }
    "stdin-in-text-mode", "With terminal false carriage returns on standard input are left out." =>
        { keep_streams: |root, user| copy_input(root, user, |byte| byte != b'\r', || exit(0)) }
    "dev-null-stays-the-hosts", "With terminal false a stream that is the host's /dev/null stays the host's." =>
        { keep_streams: |_, _| Ok(()) }
    "signals-ignored-inherited", "The program inherits ignored signals: SIGPIPE, SIGTTOU and SIGHUP." => {
        reset_signals: |may_be_ignored| {
            (DESIGN.reset_signals)(may_be_ignored);
            for signal in [Signal::SIGPIPE, Signal::SIGTTOU, Signal::SIGHUP] {
                // SAFETY: ignoring a signal runs no code of ours.
                unsafe { libc::signal(signal as i32, libc::SIG_IGN) };
            }
        }
    }
    "sigmask-inherited", "The program inherits a signal mask that blocks SIGTERM and SIGWINCH." => {
        reset_signals: |may_be_ignored| {
            (DESIGN.reset_signals)(may_be_ignored);
            let blocked: SigSet = [Signal::SIGTERM, Signal::SIGWINCH].into_iter().collect();
            let _ = blocked.thread_block();
        }
    }
}

/// The terminal, once it is on the standard streams.
const TERMINAL: &str = "/proc/self/fd/1";

/// Where the process leads no session, or the terminal is another session's, it stays as it is.
pub(crate) fn acquire_if_possible(slave: &Slave) -> Result<(), TerminalError> {
    let _ = (DESIGN.acquire)(slave);
    Ok(())
}

/// The same for exec.
pub(crate) fn arrive_and_acquire_if_possible(terminal: bool) -> Vec<Call> {
    arrive(terminal.then_some(Call::ACQUIRE_TERMINAL.if_possible()))
}

/// With a session, and this done about the terminal.
fn arrive(terminal: Option<Call>) -> Vec<Call> {
    [Call::START_SESSION].into_iter().chain(terminal).collect()
}

/// A terminal whose master the program itself holds.
fn take_unasked_terminal(root: &RootDir) -> Result<(), TerminalError> {
    (DESIGN.acquire)(&place_unasked_terminal(root)?)
}

/// The same, without control of it.
pub(crate) fn place_unasked_terminal(root: &RootDir) -> Result<Slave, TerminalError> {
    let pty = (DESIGN.open_pty)(root)?;
    set_inherited(&pty.master, true).map_err(failed)?;
    mem::forget(pty.master);
    (DESIGN.place_streams)(&pty.slave)?;
    Ok(pty.slave)
}

fn reopen(path: &str, flags: OFlag) -> Result<OwnedFd, TerminalError> {
    open(path, flags | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed)
}

/// Takes a terminal away from whatever session has it. ioctl_tty(2)
pub(crate) fn steal(terminal: impl AsFd) -> Result<(), Errno> {
    const STEAL: libc::c_int = 1;
    // SAFETY: takes an int, no pointers.
    Errno::result(unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::TIOCSCTTY, STEAL) }).map(drop)
}

/// The group of a process that has already ended.
fn foreground_group_of_nobody() {
    let Ok(Forked::Parent { pid, pidfd }) = fork_into(CloneFlags::empty(), None, false) else { stay() };
    let _ = setpgid(pid, pid);
    let mut ignored = SigSet::empty();
    ignored.add(Signal::SIGTTOU);
    let _ = ignored.thread_block();
    let _ = tcsetpgrp(stream(0), pid);
    pidfd.kill();
    let _ = waitpid(pid, None);
}

/// The program's standard input is a pipe, to which another process copies what may pass of the caller's, and then ends in
/// its own way.
fn copy_input(root: &RootDir, user: Uid, may_pass: fn(u8) -> bool, at_its_end: fn() -> !) -> Result<(), TerminalError> {
    (DESIGN.keep_streams)(root, user)?;
    let (from, to) = pipe2(OFlag::O_CLOEXEC).map_err(failed)?;
    if in_new_process() {
        let _ = close_from_except(3, &[to.as_fd()]);
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = read(stream(0), &mut buffer) {
            let passing: Vec<u8> = buffer[..length].iter().copied().filter(|byte| may_pass(*byte)).collect();
            let _ = write(&to, &passing);
        }
        at_its_end()
    }
    dup2_stdin(from).map_err(failed)
}

/// Answers these ioctls with ENOTTY from now on, in whatever this process becomes. seccomp(2)
fn refuse(requests: &[libc::Ioctl]) {
    let step = |code: u32, jumps: (usize, usize), k: u32| libc::sock_filter {
        code: code as u16,
        jt: jumps.0 as u8,
        jf: jumps.1 as u8,
        k,
    };
    let load = |offset| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, (0, 0), offset);
    let answer = |action| step(libc::BPF_RET | libc::BPF_K, (0, 0), action);
    let is = |value, jumps| step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, jumps, value);
    let count = requests.len();
    // struct seccomp_data: the number of the call, and 24 bytes on the lower half of its second argument.
    let mut filter = vec![load(0), is(libc::SYS_ioctl as u32, (0, count + 1)), load(24)];
    filter.extend(requests.iter().enumerate().map(|(place, &request)| is(request as u32, (count - place, 0))));
    filter.extend([answer(libc::SECCOMP_RET_ALLOW), answer(libc::SECCOMP_RET_ERRNO | libc::ENOTTY as u32)]);
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    let _ = nix::sys::prctl::set_no_new_privs();
    // SAFETY: the kernel copies the program, which lives until the call returns.
    unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
}

/// Of a file; a pipe has no offset.
fn rewind(number: i32) {
    let _ = lseek(stream(number), 0, Whence::SeekSet);
}
