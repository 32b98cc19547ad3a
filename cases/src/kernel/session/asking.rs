//! TIOCGSID, TIOCGPGRP and proc(5): whose terminal it is, by whom it is asked.

use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-session/slave-tells-its-own-session-alone",
        title: "TIOCGSID and TIOCGPGRP at the slave of another session's terminal",
        requirement: "ENOTTY for both",
        why: "tcgetpgrp() is how a program finds out whether a terminal is its own",
        references: &[manual("tcgetpgrp(3)").at("ENOTTY"), manual("tcgetsid(3)").at("ENOTTY")],
        covers: &["CT-11"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let stranger = &mut login.emulator;
            let slave = stranger.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            for name in SESSION_AND_GROUP {
                let refused = stranger.try_ioctl(slave, name, 0)?;
                t.equal(&name.to_string(), refused, Err(Errno::ENOTTY))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/master-without-a-session",
        title: "TIOCGSID and TIOCGPGRP at a master whose slave nobody has as controlling terminal",
        requirement: "TIOCGSID says ENOTTY, TIOCGPGRP succeeds with 0",
        why: "a terminal emulator that takes 0 for a process group signals its own with kill(0)",
        references: &[manual("ioctl_tty(2)").at("TIOCGPGRP")],
        covers: &["CT-11"],
        body: |t| {
            let (mut emulator, pty) = t.actor_with_pty(0)?;
            t.equal("TIOCGSID", emulator.try_ioctl(pty.master, IoctlName::Tiocgsid, 0)?, Err(Errno::ENOTTY))?;
            t.equal("TIOCGPGRP", emulator.try_ioctl(pty.master, IoctlName::Tiocgpgrp, 0)?, Ok(0))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/master-tells-the-slaves-session",
        title: "TIOCGSID and TIOCGPGRP at a master, by a process of another session, while a job has the terminal",
        requirement: "the session of the slave, and the job's process group",
        why: "a terminal emulator shows the name of the running command, and asks before it closes a busy window",
        references: &[manual("ioctl_tty(2)").at("TIOCGSID"), manual("ioctl_tty(2)").at("TIOCGPGRP")],
        covers: &["CT-11"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let job = login.foreground_job()?;
            for (name, expected) in SESSION_AND_GROUP.into_iter().zip([login.leader.pid(), job.pid()]) {
                let answer = login.emulator.try_ioctl(login.master, name, 0)?;
                t.equal(&name.to_string(), answer, Ok(i64::from(expected)))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/session-outside-the-pid-namespace-is-0",
        title: "TIOCGSID and TIOCGPGRP at a master, in a PID namespace in which the slave's session is not",
        requirement: "both succeed with 0",
        why: "a container that is given its caller's terminal sees 0, and must not take it for a process",
        references: &[manual("ioctl_tty(2)").at("TIOCGSID"), manual("pid_namespaces(7)")],
        covers: &["CT-12"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.emulator.new_pid_namespace()?;
            let mut inside = login.emulator.fork(ChildGroup::Parents)?;
            for name in SESSION_AND_GROUP {
                let answer = inside.try_ioctl(login.master, name, 0)?;
                t.equal(&name.to_string(), answer, Ok(0))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/session-has-the-callers-number",
        title: "TIOCGSID at both ends of a terminal whose session is in a PID namespace of its own",
        requirement: "inside it is 1, and outside the number by which the parent can wait for the leader",
        why: "who holds the master of a container's terminal can only signal a process by the number that it has outside",
        references: &[manual("ioctl_tty(2)").at("TIOCGSID"), manual("pid_namespaces(7)")],
        covers: &["CT-12"],
        body: |t| {
            let (mut emulator, pty) = t.actor_with_pty(0)?;
            emulator.new_pid_namespace()?;
            let mut leader = emulator.fork(ChildGroup::OwnSession)?;
            leader.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            for name in SESSION_AND_GROUP {
                t.equal(&format!("{name} inside"), leader.try_ioctl(pty.slave, name, 0)?, Ok(1))?;
            }
            let session = emulator.ioctl(pty.master, IoctlName::Tiocgsid, 0)? as i32;
            t.equal("the group outside", emulator.ioctl(pty.master, IoctlName::Tiocgpgrp, 0)? as i32, session)?;
            leader.end(Ending::Exit(7))?;
            t.equal("the child of that number", emulator.wait_for_end(session)?, ChildStatus::Exited(7))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/proc-tells-terminal-and-foreground",
        title: "tty_nr and tpgid of /proc/PID/stat before and after a job has the terminal, and once the leader gave it up",
        requirement: "the slave's device and the process group that has the terminal; in the end 0 and -1",
        why: "ps, top and pkill -t know from these numbers alone who is on which terminal",
        references: &[manual("proc_pid_stat(5)")],
        covers: &["CT-16"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let slave = login.leader.stat_descriptor(login.slave)?.node;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let own = job.observe()?.process;
            t.equal("tty_nr of a job", own.terminal, slave)?;
            t.equal("tpgid of a job", own.foreground_group, login.leader.pid())?;
            login.bring_forward(job.pid())?;
            t.equal("tpgid in the foreground", job.observe()?.process.foreground_group, job.pid())?;
            // The leader's TIOCNOTTY sends SIGHUP to who has the terminal.
            job.ignore(&[Signal::HUP])?;
            login.leader.ioctl(login.slave, IoctlName::Tiocnotty, 0)?;
            for (who, actor) in [("leader", &mut login.leader), ("job", &mut job)] {
                let own = actor.observe()?.process;
                let none = (DeviceNumber::default(), -1);
                t.equal(&format!("tty_nr and tpgid of the {who}"), (own.terminal, own.foreground_group), none)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

const SESSION_AND_GROUP: [IoctlName; 2] = [IoctlName::Tiocgsid, IoctlName::Tiocgpgrp];
