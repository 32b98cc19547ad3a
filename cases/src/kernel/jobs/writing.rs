//! A background process group writes to its terminal.

use crate::kernel::events::{WRITABLE, events};
use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/background-write-passes",
        title: "write in a background job, with the settings of a new terminal",
        requirement: "the bytes come out of the master",
        why: "make & prints its errors on the shell's terminal",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("TOSTOP")],
        covers: &["JC-04"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            t.equal("the job's write", job.try_write(login.slave, b"error")?, Ok(5))?;
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 5)?, b"error")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-write-stops-with-tostop",
        title: "set TOSTOP, write in a background job and then in the leader, and bring the job to the foreground",
        requirement: "SIGTTOU stops the job before a byte comes out; it writes once it is continued in the foreground",
        why: "`stty tostop` is how users keep the output of background jobs out of what they edit",
        references: &[manual("termios(3)").at("TOSTOP"), manual("signal(7)").at("SIGTTOU")],
        covers: &["JC-04", "JC-13"],
        body: |t| {
            let mut login = Login::begin(t)?;
            set_tostop(&mut login)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let pid = job.pid();
            let writing = job.begin(step::WriteOnce { descriptor: login.slave, bytes: Bytes::from(&b"job"[..]) })?;
            t.equal("the writer", login.leader.wait_for_stop(pid)?, ChildStatus::Stopped(Signal::TTOU))?;
            login.leader.write(login.slave, b"leader, ")?;
            login.bring_forward(pid)?;
            login.leader.kill(-pid, Signal::CONT)?;
            t.equal("the job's write", writing.answer()?, Ok(3))?;
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 11)?, b"leader, job")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/background-write-passes-without-sigttou",
        title: "set TOSTOP, and write in a background job that ignores SIGTTOU, and in one that blocks it",
        requirement: "the bytes of both come out of the master",
        why: "a shell ignores SIGTTOU to be able to say what became of its jobs, whoever has the terminal",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("TOSTOP")],
        covers: &["JC-04"],
        body: |t| {
            let mut login = Login::begin(t)?;
            set_tostop(&mut login)?;
            let mut ignores = login.leader.fork(ChildGroup::Own)?;
            ignores.ignore(&[Signal::TTOU])?;
            t.equal("write with SIGTTOU ignored", ignores.try_write(login.slave, b"ignored, ")?, Ok(9))?;
            let mut blocks = login.leader.fork(ChildGroup::Own)?;
            blocks.block(&[Signal::TTOU])?;
            t.equal("write with SIGTTOU blocked", blocks.try_write(login.slave, b"blocked")?, Ok(7))?;
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 16)?, b"ignored, blocked")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/orphaned-write-fails-with-tostop",
        title: "set TOSTOP, and write in a background process group that is orphaned",
        requirement: "EIO, and nothing comes out of the master",
        why: "nobody could continue it: what outlives its shell must see an error and end",
        references: &[POSIX_TERMINALS, manual("write(2)").at("EIO")],
        covers: &["JC-04"],
        body: |t| {
            let mut login = Login::begin(t)?;
            set_tostop(&mut login)?;
            let mut orphan = login.orphan()?;
            t.equal("write by an orphan", orphan.try_write(login.slave, b"lost")?, Err(Errno::EIO))?;
            t.equal("poll of the master", events(&mut login.emulator, login.master)?, WRITABLE)
        },
        ..Case::KERNEL
    },
];

/// Output of background jobs stops them from now on, as after `stty tostop`.
fn set_tostop(login: &mut Login) -> Result<(), ProbeError> {
    let with = |settings: TermiosFacts| TermiosFacts { local: settings.local | TOSTOP, ..settings };
    login.leader.change_termios(login.slave, with).map(drop)
}
