//! Background jobs that touch the terminal.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "session/background-read-stops",
        title: "read from the terminal in a background job, then bring the job to the foreground and type a line",
        requirement: "the job stops by SIGTTIN, and reads the line once it is continued in the foreground",
        why: "otherwise a background job takes away what the user types at the shell",
        level: Level::Kernel,
        references: &[manual("credentials(7)"), manual("setpgid(2)"), manual("signal(7), SIGTTIN")],
        covers: &["C15"],
        needs: &[Need::Terminal],
        caught_by: &[("the answer of the process", &["no-controlling-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut job = c.fork(ChildGroup::Own)?;
            let pid = job.pid();
            let reading = job.begin(step::Read { descriptor: 0, most: 4096 })?;
            t.equal("the job that reads", c.probe.wait_for_stop(pid)?, ChildStatus::Stopped(Signal::TTIN))?;
            c.probe.set_foreground(0, pid)?;
            c.probe.kill(-pid, Signal::CONT)?;
            c.types("a line\n")?;
            t.equal("what the job reads", reading.finish()?, b"a line\n".to_vec())
        },
    },
    Case {
        id: "session/background-write-stops-with-tostop",
        title: "set TOSTOP, write to the terminal in a background job, then bring the job to the foreground",
        requirement: "the job stops by SIGTTOU before a byte appears, and writes once it is continued in the foreground",
        why: "`stty tostop` is how users keep the output of background jobs out of what they edit",
        level: Level::Kernel,
        references: &[manual("termios(3), TOSTOP"), manual("signal(7), SIGTTOU")],
        covers: &["C15"],
        needs: &[Need::Terminal],
        caught_by: &[("the answer of the process", &["no-controlling-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut job = c.fork(ChildGroup::Own)?;
            let pid = job.pid();
            c.probe.change_termios(0, |settings| TermiosFacts { local: settings.local | TOSTOP, ..settings })?;
            let writing = job.begin(step::Write { descriptor: 1, bytes: b"from the job"[..].into() })?;
            t.equal("the job that writes", c.probe.wait_for_stop(pid)?, ChildStatus::Stopped(Signal::TTOU))?;
            c.probe.write(1, b"from the first process, ")?;
            c.probe.set_foreground(0, pid)?;
            c.probe.kill(-pid, Signal::CONT)?;
            t.equal("the job's write", writing.finish()?, ())?;
            c.receives("from the first process, from the job").map_err(Stop::from)
        },
    },
];
