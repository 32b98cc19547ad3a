//! tcsetpgrp(3): which process group has the terminal.

use crate::kernel::login::{Login, has_foreground};
use crate::references::{POSIX_TERMINALS, manual};
use nix::libc::{O_NOCTTY, O_RDWR};
use ptyproof_harness::case::Case;
use ptyproof_probe::{ChildGroup, ChildStatus, Ending, Errno, IoctlName, Signal, step};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/foreground-group-must-exist",
        title: "give the terminal to the group of a child that has ended, to 0 and to -1",
        requirement: "ESRCH, ESRCH and EINVAL; the leader's group keeps the terminal",
        why: "a shell whose job ended before it got the terminal must keep it, and see why",
        references: &[manual("tcsetpgrp(3)"), manual("ioctl_tty(2)").at("TIOCSPGRP")],
        covers: &["JC-01"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let ended = job.pid();
            job.end(Ending::Exit(0))?;
            let leader = &mut login.leader;
            leader.wait_for_end(ended)?;
            let refusals =
                [("a group that has ended", ended, Errno::ESRCH), ("0", 0, Errno::ESRCH), ("-1", -1, Errno::EINVAL)];
            for (what, group, errno) in refusals {
                let refused = leader.try_set_foreground(login.slave, group)?;
                t.equal(&format!("tcsetpgrp to {what}"), refused, Err(errno))?;
            }
            let own = leader.pid();
            has_foreground(t, leader, login.slave, own)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/foreground-group-is-of-the-session",
        title: "give the terminal to the process group of another session",
        requirement: "EPERM; the leader's group keeps the terminal",
        why: "signals of this terminal would end processes that have nothing to do with it",
        references: &[manual("tcsetpgrp(3)").at("EPERM")],
        covers: &["JC-01"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let leader = &mut login.leader;
            let refused = leader.try_set_foreground(login.slave, login.emulator.pid())?;
            t.equal("tcsetpgrp to the emulator's", refused, Err(Errno::EPERM))?;
            let own = leader.pid();
            has_foreground(t, leader, login.slave, own)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/foreground-is-set-by-the-session-alone",
        title: "give another session's terminal to a process group, at its slave and at its master",
        requirement: "ENOTTY; the leader's group keeps the terminal",
        why: "who is not in the session has no say in who gets its ^C",
        references: &[manual("tcsetpgrp(3)").at("ENOTTY")],
        covers: &["JC-01"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let own = login.leader.pid();
            let stranger = &mut login.emulator;
            let flags = O_RDWR | O_NOCTTY;
            let slave = stranger.open_peer(login.master, flags)?.descriptor;
            for (end, descriptor) in [("slave", slave), ("master", login.master)] {
                for group in [own, stranger.pid()] {
                    let refused = stranger.try_set_foreground(descriptor, group)?;
                    t.equal(&format!("tcsetpgrp at the {end}"), refused, Err(Errno::ENOTTY))?;
                }
            }
            has_foreground(t, stranger, login.master, own)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/foreground-from-nowhere",
        title: "TIOCSPGRP with a null pointer",
        requirement: "EFAULT; the leader's group keeps the terminal",
        why: "an ioctl that takes garbage for a group gives the terminal to anybody",
        references: &[manual("ioctl(2)").at("EFAULT")],
        covers: &["JC-01"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let leader = &mut login.leader;
            let refused = leader.try_ioctl_with_null(login.slave, IoctlName::Tiocspgrp)?;
            t.equal("TIOCSPGRP of nowhere", refused, Err(Errno::EFAULT))?;
            let own = leader.pid();
            has_foreground(t, leader, login.slave, own)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/foreground-is-set-at-the-master",
        title: "tcsetpgrp through the master by the leader of the slave's session",
        requirement: "it succeeds, and the job has the terminal",
        why: "the master stands for its slave here, too, as long as the caller is of the session",
        references: &[manual("ioctl_tty(2)").at("TIOCSPGRP")],
        covers: &["JC-02"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            leader.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            let job = leader.fork(ChildGroup::Own)?;
            let given = leader.try_set_foreground(pty.master, job.pid())?;
            t.equal("tcsetpgrp at the master", given, Ok(()))?;
            has_foreground(t, &mut leader, pty.slave, job.pid())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-tcsetpgrp-stops-the-job",
        title: "tcsetpgrp in a background job to its own group, continued once the leader has given it the terminal",
        requirement: "SIGTTOU stops the job, and the leader's group keeps the terminal; the call goes on in the foreground",
        why: "a job must not take the terminal away from the one that uses it",
        references: &[manual("tcsetpgrp(3)"), manual("signal(7)").at("SIGTTOU")],
        covers: &["JC-06"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let pid = job.pid();
            let taking = job.begin(step::SetForeground { descriptor: login.slave, group: pid })?;
            let stopped = login.leader.wait_for_stop(pid)?;
            t.equal("the job", stopped, ChildStatus::Stopped(Signal::TTOU))?;
            let own = i64::from(login.leader.pid());
            let foreground = login.emulator.try_ioctl(login.master, IoctlName::Tiocgpgrp, 0)?;
            t.equal("foreground while it is stopped", foreground, Ok(own))?;
            login.bring_forward(pid)?;
            login.leader.kill(-pid, Signal::CONT)?;
            t.equal("tcsetpgrp", taking.answer()?, Ok(()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-tcsetpgrp-passes-without-sigttou",
        title: "tcsetpgrp in a background job that ignores SIGTTOU, and in one that blocks it, each to its own group",
        requirement: "each has the terminal afterwards, and no signal is left pending",
        why: "every shell takes the terminal back from a job in this way",
        references: &[POSIX_TERMINALS, manual("tcsetpgrp(3)")],
        covers: &["JC-06"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut ignores = login.leader.fork(ChildGroup::Own)?;
            ignores.ignore(&[Signal::TTOU])?;
            let mut blocks = login.leader.fork(ChildGroup::Own)?;
            blocks.catch(&[Signal::TTOU])?;
            blocks.block(&[Signal::TTOU])?;
            for (how, job) in [("ignored", &mut ignores), ("blocked", &mut blocks)] {
                let pid = job.pid();
                let taken = job.try_set_foreground(login.slave, pid)?;
                t.equal(&format!("tcsetpgrp with SIGTTOU {how}"), taken, Ok(()))?;
                has_foreground(t, &mut login.emulator, login.master, pid)?;
            }
            blocks.block(&[])?;
            let pending = blocks.signals_within(0)?;
            t.equal("signals once nothing is blocked", pending, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/orphaned-tcsetpgrp-fails",
        title: "tcsetpgrp in a background process group that is orphaned",
        requirement: "ENOTTY, where other changes say EIO; the leader's group keeps the terminal",
        why: "what outlives its shell finds out here that the terminal is not its own any more",
        references: &[manual("tcsetpgrp(3)").at("ENOTTY")],
        covers: &["JC-06"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut orphan = login.orphan()?;
            let group = orphan.pid();
            let refused = orphan.try_set_foreground(login.slave, group)?;
            t.equal("tcsetpgrp by an orphan", refused, Err(Errno::ENOTTY))?;
            let own = login.leader.pid();
            has_foreground(t, &mut login.emulator, login.master, own)
        },
        ..Case::KERNEL
    },
];
