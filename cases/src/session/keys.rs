//! Keys that send signals, and the hang-up.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "session/interrupt-reaches-the-foreground-only",
        title: "type ^C while a job of the first process has the terminal",
        requirement: "the job dies by SIGINT; the first process gets no signal and goes on",
        why: "^C is to end the command that runs, not the shell that started it, and with it the container",
        level: Level::Kernel,
        references: &[manual("termios(3), ISIG and VINTR"), manual("credentials(7)")],
        covers: &["C13"],
        needs: &[Need::Terminal],
        caught_by: &[("the answer of the process", &["isig-off", "vintr-wrong"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let job = foreground_job(&mut c)?;
            c.probe.catch(&[Signal::INT, Signal::USR1])?;
            c.types("\x03")?;
            t.equal("end of the job", c.probe.wait_for_end(job.pid())?, ChildStatus::Killed(Signal::INT))?;
            t.equal("signals of the first process", caught_by_first_process(&mut c)?, vec![Signal::USR1])
        },
    },
    Case {
        id: "session/quit-reaches-the-foreground-only",
        title: "type ^\\ while a job of the first process has the terminal",
        requirement: "the job dies by SIGQUIT; the first process gets no signal and goes on",
        why: "^\\ ends programs that handle ^C, and gets a stack dump out of a Java process; it must not end the shell",
        level: Level::Kernel,
        references: &[manual("termios(3), ISIG and VQUIT"), manual("credentials(7)")],
        covers: &["C14"],
        needs: &[Need::Terminal],
        caught_by: &[("the answer of the process", &["isig-off"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let job = foreground_job(&mut c)?;
            c.probe.catch(&[Signal::QUIT, Signal::USR1])?;
            c.types("\x1c")?;
            t.equal("end of the job", c.probe.wait_for_end(job.pid())?, ChildStatus::Killed(Signal::QUIT))?;
            t.equal("signals of the first process", caught_by_first_process(&mut c)?, vec![Signal::USR1])
        },
    },
    Case {
        id: "session/suspended-job-resumes",
        title: "type ^Z at a job, use the terminal in the first process, and bring the job back",
        requirement: "the job stops by SIGTSTP, the first process has the terminal meanwhile, and the job then goes on \
                      where it was",
        why: "this is ^Z and fg of every interactive shell; where it fails, the terminal is lost to a stopped job",
        level: Level::Kernel,
        references: &[manual("termios(3), ISIG and VSUSP"), manual("tcsetpgrp(3)"), manual("waitpid(2)")],
        covers: &["C06", "C14"],
        needs: &[Need::Terminal],
        caught_by: &[("the answer of the process", &["isig-off"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut job = foreground_job(&mut c)?;
            c.types("\x1a")?;
            t.equal("the job after ^Z", c.probe.wait_for_stop(job.pid())?, ChildStatus::Stopped(Signal::TSTP))?;
            c.receives("^Z")?;
            c.probe.set_foreground(0, c.probe.pid())?;
            c.types("shell\n")?;
            c.reads("shell\n")?;
            c.receives("shell\r\n")?;
            c.probe.set_foreground(0, job.pid())?;
            c.probe.kill(-job.pid(), Signal::CONT)?;
            c.types("job\n")?;
            t.equal_bytes("the line that the job reads", &job.read(0)?, b"job\n")?;
            job.write(1, b"still here")?;
            c.receives("job\r\nstill here").map_err(Stop::from)
        },
    },
    // The kernel sends no signal to the first process of a PID namespace that it does not handle.
    Case {
        id: "session/first-process-without-handler-survives",
        title: "type ^C and ^\\ while the first process, which handles neither, has the terminal, and a line after each",
        requirement: "neither ends the first process, and it reads the lines alone",
        why: "a container without an init would end at the first ^C of a user, and all its processes with it",
        level: Level::Kernel,
        references: &[manual("pid_namespaces(7)"), manual("termios(3), ISIG")],
        covers: &["C16"],
        needs: &[Need::Terminal],
        caught_by: &[("bytes on the terminal", &["isig-off", "vintr-wrong"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            // Either key discards echo that was not received and input that was not read yet, so everything is
            // taken before the next key.
            for (key, echo, line) in [("\x03", "^C", "one"), ("\x1c", "^\\", "two")] {
                c.types(key)?;
                c.receives(echo)?;
                c.types(format!("{line}\n"))?;
                c.receives(format!("{line}\r\n"))?;
                c.reads(format!("{line}\n"))?;
            }
            Ok(())
        },
    },
    Case {
        id: "session/hang-up-reaches-the-leader",
        title: "close the master while the first process, which handles SIGHUP, runs",
        requirement: "the first process gets SIGHUP, then reads end of file, and writing says EIO",
        why: "a shell whose terminal window is gone must end; without the signal it stays behind for ever",
        level: Level::Kernel,
        references: &[manual("setsid(2)"), manual("pty(7)"), TERMINALS.at("#detached-new-terminal")],
        covers: &["C18"],
        needs: &[Need::Terminal],
        caught_by: &[("signals of the first process", &["no-controlling-terminal", "master-leaked"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            c.probe.catch(&[Signal::HUP])?;
            drop(c.take_terminal()?);
            t.equal("signals of the first process", c.probe.next_signals()?, vec![Signal::HUP])?;
            t.equal_bytes("read after the hang-up", &c.probe.read(0)?, b"")?;
            let eio = ptyproof_probe::Errno(nix::libc::EIO);
            t.equal("write after the hang-up", c.probe.try_write_all(1, b"x")?, Err(eio))
        },
    },
];

/// A child in a process group of its own, which has the terminal now. The first process ignores SIGTTOU from
/// now on, as every shell does, to be able to take the terminal back.
fn foreground_job(c: &mut Container) -> Result<Probe, Stop> {
    let job = c.fork(ChildGroup::Own)?;
    c.probe.ignore(&[Signal::TTOU])?;
    c.probe.set_foreground(0, job.pid())?;
    Ok(job)
}

/// The first process catches `signal` and a marker; what it caught by the time of the marker is all.
fn caught_by_first_process(c: &mut Container) -> Result<Vec<Signal>, Stop> {
    c.probe.kill(c.probe.pid(), Signal::USR1)?;
    Ok(c.probe.next_signals()?)
}
