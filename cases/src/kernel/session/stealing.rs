//! TIOCSCTTY of a terminal that is the controlling one of another session.

use crate::kernel::login::{Login, TERMINAL_SIGNALS, controlling_terminal, device, renounce_privilege};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-session/owned-terminal-is-refused",
        title: "TIOCSCTTY with the argument 0 of another session's terminal, by a session leader without a terminal",
        requirement: "EPERM, for root, too; the terminal stays with its session",
        why: "a second shell on the terminal of the first would take its input and its ^C away",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-08"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let thief = &mut login.emulator;
            let slave = thief.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal("TIOCSCTTY with 0", thief.try_ioctl(slave, IoctlName::Tiocsctty, 0)?, Err(Errno::EPERM))?;
            let session = thief.try_ioctl(login.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the terminal", session, Ok(i64::from(login.leader.pid())))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/nobody-steals-without-privilege",
        title: "TIOCSCTTY with the argument 1 of another session's terminal, by a session leader without privilege",
        requirement: "EPERM; the terminal stays with its session",
        why: "otherwise every user with an open descriptor of a terminal could take it from a shell of root's",
        level: Level::Security,
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-08"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let thief = &mut login.emulator;
            let slave = thief.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            renounce_privilege(t, thief)?;
            t.equal("TIOCSCTTY with 1", thief.try_ioctl(slave, IoctlName::Tiocsctty, 1)?, Err(Errno::EPERM))?;
            let session = thief.try_ioctl(login.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the terminal", session, Ok(i64::from(login.leader.pid())))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/root-steals",
        title: "TIOCSCTTY with the argument 1 of another session's terminal, by a session leader who is root",
        requirement: "the terminal changes its session; nobody of the old one has a terminal any more, and none is told",
        why: "init and getty take the console back in this way; the shell that was there finds itself without job control",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-08"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut child = login.leader.fork(ChildGroup::Own)?;
            let thief = &mut login.emulator;
            let slave = thief.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal("TIOCSCTTY with 1", thief.try_ioctl(slave, IoctlName::Tiocsctty, 1)?, Ok(0))?;
            let own = device(thief, slave)?;
            t.equal("the thief's terminal", controlling_terminal(thief)?, Ok(own))?;
            for (who, victim) in [("leader", &mut login.leader), ("child", &mut child)] {
                t.equal(&format!("the {who}'s terminal"), controlling_terminal(victim)?, Err(Errno::ENXIO))?;
                let session = victim.try_ioctl(login.slave, IoctlName::Tiocgsid, 0)?;
                t.equal(&format!("the {who} asks for the session"), session, Err(Errno::ENOTTY))?;
                // Signals are sent before TIOCSCTTY returns, so they have arrived.
                t.equal(&format!("signals of the {who}"), victim.signals_within(0)?, vec![])?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];
