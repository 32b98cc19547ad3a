//! tcsetpgrp(3): which process group has the terminal.

use crate::kernel::login::{Login, has_foreground};
use crate::prelude::*;

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
                t.equal(&format!("tcsetpgrp to {what}"), leader.try_set_foreground(login.slave, group)?, Err(errno))?;
            }
            has_foreground(t, leader, login.slave, leader.pid())
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
            has_foreground(t, leader, login.slave, leader.pid())
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
            let slave = stranger.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
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
            has_foreground(t, leader, login.slave, leader.pid())
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
            t.equal("tcsetpgrp at the master", leader.try_set_foreground(pty.master, job.pid())?, Ok(()))?;
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
            t.equal("the job", login.leader.wait_for_stop(pid)?, ChildStatus::Stopped(Signal::TTOU))?;
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
                t.equal(&format!("tcsetpgrp with SIGTTOU {how}"), job.try_set_foreground(login.slave, pid)?, Ok(()))?;
                has_foreground(t, &mut login.emulator, login.master, pid)?;
            }
            blocks.block(&[])?;
            t.equal("signals once nothing is blocked", blocks.signals_within(0)?, vec![])
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
            t.equal("tcsetpgrp by an orphan", orphan.try_set_foreground(login.slave, group)?, Err(Errno::ENOTTY))?;
            has_foreground(t, &mut login.emulator, login.master, login.leader.pid())
        },
        ..Case::KERNEL
    },
];
