//! A background process group reads from its terminal.

use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/background-read-stops-the-group",
        title: "read in one of two processes of a background group, then bring the group to the foreground and type a line",
        requirement: "SIGTTIN stops both; continued in the foreground, the read goes on and takes the line",
        why: "otherwise a background job takes away what the user types at the shell",
        references: &[POSIX_TERMINALS, manual("signal(7)").at("SIGTTIN")],
        covers: &["JC-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let mate = login.mate_of(&job)?;
            let pid = job.pid();
            let reading = job.begin(step::Read { descriptor: login.slave, most: 4096 })?;
            for (who, pid) in [("reader", pid), ("other process", mate.pid())] {
                t.equal(&format!("the {who}"), login.leader.wait_for_stop(pid)?, ChildStatus::Stopped(Signal::TTIN))?;
            }
            login.bring_forward(pid)?;
            login.leader.kill(-pid, Signal::CONT)?;
            login.emulator.write(login.master, b"a line\n")?;
            t.equal("what the read takes", reading.answer()?, Ok(b"a line\n".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-read-fails-without-sigttin",
        title: "read in a background job that ignores SIGTTIN, and in one that blocks it",
        requirement: "EIO for both, and neither stops",
        why: "a job that cannot be stopped must be refused, or it would spin, or read what was meant for the shell",
        references: &[POSIX_TERMINALS, manual("read(2)").at("EIO")],
        covers: &["JC-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut ignores = login.leader.fork(ChildGroup::Own)?;
            ignores.ignore(&[Signal::TTIN])?;
            t.equal("read with SIGTTIN ignored", ignores.try_read(login.slave)?, Err(Errno::EIO))?;
            let mut blocks = login.leader.fork(ChildGroup::Own)?;
            blocks.block(&[Signal::TTIN])?;
            t.equal("read with SIGTTIN blocked", blocks.try_read(login.slave)?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/orphaned-read-fails",
        title: "read in a background process group that is orphaned",
        requirement: "EIO, and the process does not stop",
        why: "nobody could continue it: what outlives its shell must see an error and end",
        references: &[POSIX_TERMINALS, manual("read(2)").at("EIO")],
        covers: &["JC-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut orphan = login.orphan()?;
            t.equal("read by an orphan", orphan.try_read(login.slave)?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
];
