//! The leader of a session ends, or gives the terminal up.

use crate::kernel::login::{Login, TERMINAL_SIGNALS, controlling_terminal};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-hangup/leader-ends",
        title: "end the leader while a job has the terminal and another is in the background",
        requirement: "the foreground job gets SIGHUP alone and the other nothing; both have no controlling terminal any \
                      more, but their descriptors of it still work",
        why: "a command in the foreground ends with its shell, and one in the background goes on and can still print",
        references: &[POSIX_TERMINALS, manual("setsid(2)"), manual("exit(3)")],
        covers: &["HU-01"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut background = login.leader.fork(ChildGroup::Own)?;
            let mut job = login.foreground_job()?;
            login.leader.end(Ending::Exit(0))?;
            login.emulator.wait_for_end(login.leader.pid())?;
            // Signals are sent before the leader can be waited for, so they have arrived.
            let jobs = [("foreground", &mut job, vec![Signal::HUP]), ("background", &mut background, vec![])];
            for (which, job, signals) in jobs {
                t.equal(&format!("signals of the {which} job"), job.signals_within(0)?, signals)?;
                t.equal(&format!("terminal of the {which} job"), controlling_terminal(job)?, Err(Errno::ENXIO))?;
                t.equal(&format!("write of the {which} job"), job.try_write(login.slave, which.as_bytes())?, Ok(10))?;
            }
            login.emulator.write(login.master, b"typed\n")?;
            t.equal_bytes("read of the background job", &background.read(login.slave)?, b"typed\n")?;
            let expected = b"foregroundbackgroundtyped\r\n";
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, expected.len())?, expected)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/leader-gives-the-terminal-up",
        title: "TIOCNOTTY by the leader while a job has the terminal and another is in the background",
        requirement: "the foreground job gets SIGHUP and SIGCONT, the other and the leader nothing; nobody of the session \
                      has a controlling terminal any more",
        why: "SIGCONT lets a stopped job see the hang-up; a leader that becomes a daemon so takes its jobs down",
        references: &[manual("ioctl_tty(2)").at("TIOCNOTTY")],
        covers: &["HU-02", "CT-10"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut background = login.leader.fork(ChildGroup::Own)?;
            let mut job = login.foreground_job()?;
            t.equal("TIOCNOTTY by the leader", login.leader.try_ioctl(login.slave, IoctlName::Tiocnotty, 0)?, Ok(0))?;
            // Signals are sent before TIOCNOTTY returns, so they have arrived.
            let everybody = [
                ("foreground job", &mut job, vec![Signal::HUP, Signal::CONT]),
                ("background job", &mut background, vec![]),
                ("leader", &mut login.leader, vec![]),
            ];
            for (who, actor, signals) in everybody {
                t.equal(&format!("signals of the {who}"), actor.signals_within(0)?, signals)?;
                t.equal(&format!("terminal of the {who}"), controlling_terminal(actor)?, Err(Errno::ENXIO))?;
            }
            let session = login.emulator.try_ioctl(login.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the terminal", session, Err(Errno::ENOTTY))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/after-the-leader-nobody-has-the-groups",
        title: "end the leader, and ask for session and foreground group, and set the group, in a job that is left, at its \
                slave and at the master",
        requirement: "all is ENOTTY, but for the foreground group of the master, which is 0",
        why: "a program that outlives its shell must learn that there is no job control any more, and not signal group 0",
        references: &[manual("tcgetpgrp(3)").at("ENOTTY"), manual("tcgetsid(3)").at("ENOTTY")],
        covers: &["HU-10"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            login.leader.end(Ending::Exit(0))?;
            login.emulator.wait_for_end(login.leader.pid())?;
            let group = job.pid();
            for (side, actor, terminal) in
                [("slave", &mut job, login.slave), ("master", &mut login.emulator, login.master)]
            {
                let foreground = if side == "slave" { Err(Errno::ENOTTY) } else { Ok(0) };
                let answers = [(IoctlName::Tiocgsid, Err(Errno::ENOTTY)), (IoctlName::Tiocgpgrp, foreground)];
                for (name, expected) in answers {
                    t.equal(&format!("{name} at the {side}"), actor.try_ioctl(terminal, name, 0)?, expected)?;
                }
                let set = actor.try_set_foreground(terminal, group)?;
                t.equal(&format!("TIOCSPGRP at the {side}"), set, Err(Errno::ENOTTY))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];
