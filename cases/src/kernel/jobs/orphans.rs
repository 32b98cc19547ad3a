//! Orphaned process groups: nobody of the session could continue them.

use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/orphans-are-not-stopped",
        title: "give the terminal to an orphaned process group, type ^Z, and send it SIGTTIN and SIGTTOU",
        requirement: "none stops it: it still writes",
        why: "a program that was started without a shell (ssh host vi) would hang for ever after ^Z",
        references: &[manual("setpgid(2)"), manual("signal(7)").at("SIGTSTP")],
        covers: &["JC-10"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut orphan = login.orphan()?;
            login.bring_forward(orphan.pid())?;
            t.equal_bytes("echo", &login.types(b"\x1a", b"^Z")?, b"^Z")?;
            for signal in [Signal::TTIN, Signal::TTOU] {
                login.leader.kill(orphan.pid(), signal)?;
            }
            t.equal("the orphan's write", orphan.try_write(login.slave, b"on")?, Ok(2))?;
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 2)?, b"on")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/stopped-group-is-continued-when-orphaned",
        title: "end the parent of a stopped process, which is the last that could continue it",
        requirement: "it gets SIGHUP and SIGCONT, and runs",
        why: "otherwise it stays stopped for ever, with its memory and its files",
        references: &[manual("setpgid(2)"), manual("exit(3)")],
        covers: &["JC-11"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut parent = login.leader.fork(ChildGroup::Own)?;
            let mut child = parent.fork(ChildGroup::Own)?;
            child.catch(&[Signal::HUP, Signal::CONT])?;
            login.leader.kill(child.pid(), Signal::STOP)?;
            t.equal("the child", parent.wait_for_stop(child.pid())?, ChildStatus::Stopped(Signal::STOP))?;
            parent.end(Ending::Exit(0))?;
            login.leader.wait_for_end(parent.pid())?;
            // Signals are sent before the parent can be waited for, so they have arrived.
            t.equal("signals of the orphan", child.signals_within(0)?, vec![Signal::HUP, Signal::CONT])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/running-group-is-left-alone-when-orphaned",
        title: "end the parent of a process that runs, which is the last of its session outside of its group",
        requirement: "it gets no signal",
        why: "what was sent to the background with & survives the end of the subshell that started it",
        references: &[manual("setpgid(2)"), manual("exit(3)")],
        covers: &["JC-11"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut parent = login.leader.fork(ChildGroup::Own)?;
            let mut child = parent.fork(ChildGroup::Own)?;
            child.catch(&[Signal::HUP, Signal::CONT])?;
            parent.end(Ending::Exit(0))?;
            login.leader.wait_for_end(parent.pid())?;
            t.equal("signals of the orphan", child.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
];
