//! A background process group changes its terminal, or only asks.

use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/background-change-stops-the-job",
        title: "tcsetattr, tcflush, tcdrain, tcflow and tcsendbreak in a background job, each continued in the foreground",
        requirement: "SIGTTOU stops the job each time, whatever TOSTOP says, and the call goes on in the foreground",
        why: "an editor in the background must not put the shell's terminal into raw mode",
        references: &[POSIX_TERMINALS, manual("signal(7)").at("SIGTTOU")],
        covers: &["JC-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let (pid, own) = (job.pid(), login.leader.pid());
            for (name, change) in changes(&mut login)? {
                let changing = job.begin(change)?;
                let stopped = login.leader.wait_for_stop(pid)?;
                t.equal(&format!("the job in {name}"), stopped, ChildStatus::Stopped(Signal::TTOU))?;
                let termios = login.emulator.termios(login.master)?;
                if name == "tcsetattr" {
                    t.equal("ECHO while the job is stopped", termios.local & ECHO, ECHO)?;
                }
                login.bring_forward(pid)?;
                login.leader.kill(-pid, Signal::CONT)?;
                t.equal(name, changing.answer()?, Ok(()))?;
                login.bring_forward(own)?;
            }
            t.equal("ECHO in the end", login.emulator.termios(login.master)?.local & ECHO, 0)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-change-passes-without-sigttou",
        title: "tcsetattr, tcflush, tcdrain, tcflow and tcsendbreak in background jobs that ignore SIGTTOU, block it, or \
                block it among others",
        requirement: "every call succeeds at once",
        why: "a shell puts the terminal's settings right after a job has left them wrong",
        references: &[POSIX_TERMINALS],
        covers: &["JC-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut ignores = login.leader.fork(ChildGroup::Own)?;
            ignores.ignore(&[Signal::TTOU])?;
            let mut blocks = login.leader.fork(ChildGroup::Own)?;
            blocks.block(&[Signal::TTOU])?;
            // A kernel must look for the one among many, also where a lower and a higher number are blocked.
            let mut blocks_more = login.leader.fork(ChildGroup::Own)?;
            blocks_more.block(&[Signal::HUP, Signal::TTIN, Signal::TTOU, Signal::WINCH, Signal(64)])?;
            let jobs =
                [("ignored", &mut ignores), ("blocked", &mut blocks), ("blocked among others", &mut blocks_more)];
            for (how, job) in jobs {
                for (name, change) in changes(&mut login)? {
                    t.equal(&format!("{name} with SIGTTOU {how}"), job.try_ask(change)?, Ok(()))?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/orphaned-change-fails",
        title: "tcsetattr, tcflush, tcdrain, tcflow and tcsendbreak in a background process group that is orphaned",
        requirement: "EIO for every call, and the settings stay as they are",
        why: "nobody could continue it: what outlives its shell must see an error and end",
        references: &[POSIX_TERMINALS],
        covers: &["JC-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut orphan = login.orphan()?;
            let before = login.emulator.termios(login.master)?;
            for (name, change) in changes(&mut login)? {
                t.equal(&format!("{name} by an orphan"), orphan.try_ask(change)?, Err(Errno::EIO))?;
            }
            t.equal("settings afterwards", login.emulator.termios(login.master)?, before)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-change-at-the-master-stops-the-job",
        title: "tcsetattr through the master in a background job of the slave's session",
        requirement: "SIGTTOU stops the job as if it had used the slave",
        why: "the master is no way around job control, so a multiplexer must not run in the session of its own terminal",
        references: &[manual("signal(7)").at("SIGTTOU"), manual("pty(7)")],
        covers: &["JC-08"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            leader.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            let mut job = leader.fork(ChildGroup::Own)?;
            let pid = job.pid();
            let mut termios = leader.termios(pty.slave)?;
            termios.local &= !ECHO;
            let changing =
                job.begin(step::SetTermios { descriptor: pty.master, action: TermiosAction::Now, termios })?;
            t.equal("the job", leader.wait_for_stop(pid)?, ChildStatus::Stopped(Signal::TTOU))?;
            leader.ignore(&[Signal::TTOU])?;
            leader.set_foreground(pty.slave, pid)?;
            leader.kill(-pid, Signal::CONT)?;
            t.equal("tcsetattr", changing.answer()?, Ok(()))?;
            t.equal("settings in the end", leader.termios(pty.slave)?, termios)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-size-and-questions-pass",
        title: "TIOCSWINSZ, TIOCGWINSZ, tcgetattr and FIONREAD in a background job",
        requirement: "all succeed, and the job gets no signal",
        why: "a job asks for the size of the terminal to lay out what it prints, whoever has the terminal",
        references: &[manual("ioctl_tty(2)"), manual("signal(7)").at("SIGTTOU")],
        covers: &["JC-07", "WS-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            job.catch(&[Signal::TTIN, Signal::TTOU])?;
            let size = Size::new(30, 90);
            t.equal("TIOCSWINSZ", job.try_set_size(login.slave, size)?, Ok(()))?;
            t.equal("TIOCGWINSZ", job.try_size(login.slave)?, Ok(size))?;
            let termios = login.leader.termios(login.slave)?;
            t.equal("tcgetattr", job.try_termios(login.slave)?, Ok(termios))?;
            t.equal("FIONREAD", job.try_ioctl(login.slave, IoctlName::Fionread, 0)?, Ok(0))?;
            t.equal("signals of the job", job.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-fakes-input-without-a-signal",
        title: "TIOCSTI in a background job",
        requirement: "it succeeds and the byte is echoed (allowed), or says EIO where dev.tty.legacy_tiocsti forbids it \
                      (forbidden); the job gets no signal",
        why: "job control does not hold this back, so only the sysctl keeps a job from typing at the shell",
        references: &[manual("ioctl_tty(2)").at("TIOCSTI")],
        covers: &["JC-07"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            job.catch(&[Signal::TTIN, Signal::TTOU])?;
            let faked = job.try_ioctl(login.slave, IoctlName::Tiocsti, i64::from(b'x'))?;
            t.shows("TIOCSTI in the background", faked, &[("allowed", Ok(0)), ("forbidden", Err(Errno::EIO))])?;
            // What is typed after it is echoed after it.
            let typed = &b"xy"[usize::from(faked.is_err())..];
            login.emulator.write(login.master, b"y")?;
            t.equal("echo", Bytes(login.emulator.read_count(login.master, typed.len())?), Bytes::from(typed))?;
            t.equal("signals of the job", job.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
];

/// Everything that changes a terminal, or waits for it, by the name of its function of termios(3).
fn changes(login: &mut Login) -> Result<Vec<(&'static str, step::Any)>, ProbeError> {
    let descriptor = login.slave;
    let mut termios = login.leader.termios(descriptor)?;
    termios.local &= !ECHO;
    let action = TermiosAction::Now;
    let ioctl = |name, argument: i32| step::Any(step::Ioctl { descriptor, name, argument: argument.into() }.into());
    Ok(vec![
        ("tcsetattr", step::Any(step::SetTermios { descriptor, action, termios }.into())),
        ("tcflush", ioctl(IoctlName::Tcflsh, TCIFLUSH)),
        // The C library makes tcdrain() of TCSBRK with an argument that is not 0, and tcsendbreak() of one that is.
        ("tcdrain", ioctl(IoctlName::Tcsbrk, 1)),
        ("tcflow", ioctl(IoctlName::Tcxonc, TCOON)),
        ("tcsendbreak", ioctl(IoctlName::Tcsbrk, 0)),
    ])
}
