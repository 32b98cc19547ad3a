//! The master closes: the window is gone, or the connection.

use crate::kernel::login::{Login, TERMINAL_SIGNALS};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-hangup/master-closes",
        title: "close the master while a job has the terminal and another is in the background",
        requirement: "the leader gets SIGHUP and SIGCONT, and neither job gets anything",
        why: "it is the shell that must pass the hang-up on; what it disowned (nohup, disown) survives",
        references: &[POSIX_TERMINALS, manual("pty(7)")],
        covers: &["HU-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut background = login.leader.fork(ChildGroup::Own)?;
            let mut job = login.foreground_job()?;
            login.emulator.close(login.master)?;
            // Signals are sent before close() returns, so they have arrived.
            let everybody = [
                ("leader", &mut login.leader, vec![Signal::HUP, Signal::CONT]),
                ("foreground job", &mut job, vec![]),
                ("background job", &mut background, vec![]),
            ];
            for (who, actor, signals) in everybody {
                t.equal(&format!("signals of the {who}"), actor.signals_within(0)?, signals)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/leader-ends-after-the-master",
        title: "close the master while a job has the terminal and another is in the background, then end the leader",
        requirement: "the job that had the terminal gets SIGHUP and SIGCONT when the leader ends, and the other nothing",
        why: "a command in the foreground does not outlive window and shell, even where the shell told it nothing",
        references: &[POSIX_TERMINALS, manual("exit(3)")],
        covers: &["HU-04"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut background = login.leader.fork(ChildGroup::Own)?;
            let mut job = login.foreground_job()?;
            login.emulator.close(login.master)?;
            t.equal("signals before", job.signals_within(0)?, vec![])?;
            login.leader.end(Ending::Exit(0))?;
            login.emulator.wait_for_end(login.leader.pid())?;
            t.equal("signals of the foreground job", job.signals_within(0)?, vec![Signal::HUP, Signal::CONT])?;
            t.equal("signals of the background job", background.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/one-hang-up-at-the-last-close",
        title: "close one of two descriptors of the master, then the other, and use the dead slave",
        requirement: "no signal at the first close, SIGHUP and SIGCONT at the last, and none afterwards",
        why: "a shell that handles SIGHUP saves its history once; a second one in the middle would end it",
        references: &[manual("pty(7)"), manual("close(2)")],
        covers: &["HU-06"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let copy = login.emulator.duplicate(login.master)?;
            login.emulator.close(login.master)?;
            t.equal("signals at the first close", login.leader.signals_within(0)?, vec![])?;
            login.emulator.close(copy)?;
            t.equal("signals at the last close", login.leader.signals_within(0)?, vec![Signal::HUP, Signal::CONT])?;
            t.equal("read of the dead slave", login.leader.try_read(login.slave)?, Ok(vec![]))?;
            login.leader.close(login.slave)?;
            t.equal("signals afterwards", login.leader.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/leader-that-ignores-it",
        title: "close the master of a leader that ignores SIGHUP; it then reads, writes, and asks for the settings",
        requirement: "it lives; reads say end of file every time, and all else says EIO",
        why: "nohup keeps a program alive, and end of file and EIO are all that tells it that nobody listens any more",
        references: &[POSIX_TERMINALS, manual("pty(7)")],
        covers: &["HU-07"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.ignore(&[Signal::HUP])?;
            login.emulator.write(login.master, b"unread\n")?;
            login.emulator.close(login.master)?;
            for _ in 0..2 {
                t.equal("read", login.leader.try_read(login.slave)?, Ok(vec![]))?;
            }
            t.equal("write", login.leader.try_write(login.slave, b"x")?, Err(Errno::EIO))?;
            t.equal("tcgetattr", login.leader.try_termios(login.slave)?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/first-of-a-pid-namespace-survives-it",
        title: "close the master of the first process of a PID namespace, which leads its session and handles nothing",
        requirement: "it lives, and reads end of file",
        why: "a container's first process without a handler does not end when its terminal goes: somebody must kill it",
        references: &[manual("pid_namespaces(7)"), manual("pty(7)")],
        covers: &["HU-09"],
        body: |t| {
            let (mut emulator, pty) = t.actor_with_pty(0)?;
            emulator.new_pid_namespace()?;
            let mut leader = emulator.fork(ChildGroup::OwnSession)?;
            leader.close(pty.master)?;
            leader.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            emulator.close(pty.slave)?;
            emulator.close(pty.master)?;
            t.equal("read of the first process", leader.try_read(pty.slave)?, Ok(vec![]))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/end-of-a-pid-namespace-leaves-the-slave-dead",
        title: "close the master of the first process of a PID namespace, then end that process, which has a child",
        requirement: "the child is killed and gone with it, and a descriptor of the slave outside says end of file and EIO",
        why: "a runtime that kept the slave of a container's terminal must not take the end of the container for silence",
        references: &[manual("pid_namespaces(7)"), manual("pty(7)")],
        covers: &["HU-09"],
        body: |t| {
            let (mut emulator, pty) = t.actor_with_pty(0)?;
            emulator.new_pid_namespace()?;
            let mut leader = emulator.fork(ChildGroup::OwnSession)?;
            leader.close(pty.master)?;
            leader.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            let job = leader.fork(ChildGroup::Own)?;
            leader.set_foreground(pty.slave, job.pid())?;
            let first = emulator.ioctl(pty.master, IoctlName::Tiocgsid, 0)? as i32;
            let child = emulator.ioctl(pty.master, IoctlName::Tiocgpgrp, 0)? as i32;
            t.equal("the child before", emulator.try_kill(child, Signal::CONT)?, Ok(()))?;
            emulator.close(pty.master)?;
            leader.end(Ending::Exit(3))?;
            t.equal("end of the first process", emulator.wait_for_end(first)?, ChildStatus::Exited(3))?;
            t.equal("the child afterwards", emulator.try_kill(child, Signal::CONT)?, Err(Errno::ESRCH))?;
            t.equal("read outside", emulator.try_read(pty.slave)?, Ok(vec![]))?;
            t.equal("write outside", emulator.try_write(pty.slave, b"x")?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/reader-has-the-signal-with-the-error",
        title: "close the master while the leader, who blocks SIGHUP, waits in a read; then let it have its signals",
        requirement: "the read ends with EIO, and SIGHUP and SIGCONT are there by then; it reads end of file from then on",
        why: "a shell saves its history when SIGHUP comes: one that sees the error first and ends would lose it",
        references: &[POSIX_TERMINALS, manual("read(2)").at("EIO"), manual("pty(7)")],
        covers: &["HU-11"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(&[Signal::HUP, Signal::CONT])?;
            login.leader.block(&[Signal::HUP, Signal::CONT])?;
            let reading = login.leader.begin(step::Read { descriptor: login.slave, most: 100 })?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            login.emulator.close(login.master)?;
            t.equal("the read", reading.answer()?, Err(Errno::EIO))?;
            login.leader.block(&[])?;
            t.equal("signals after the read", login.leader.signals_within(0)?, vec![Signal::HUP, Signal::CONT])?;
            t.equal("the next read", login.leader.try_read(login.slave)?, Ok(vec![]))
        },
        ..Case::KERNEL
    },
];
