//! TIOCSCTTY: a session asks for its controlling terminal.

use crate::kernel::login::{
    Login, controlling_terminal, device, has_no_terminal, has_terminal, leads_session_on, renounce_privilege,
};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-session/leader-acquires-by-ioctl",
        title: "TIOCSCTTY of a free slave by a session leader that has no terminal, and once more",
        requirement: "both succeed; it is the session's terminal, and the leader's group has it",
        why: "login_tty(3), and so each terminal emulator and container runtime, gives a session its terminal this way",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY"), manual("login_tty(3)")],
        covers: &["CT-05"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            t.equal("TIOCSCTTY", leader.try_ioctl(pty.slave, IoctlName::Tiocsctty, 0)?, Ok(0))?;
            t.equal("TIOCSCTTY again", leader.try_ioctl(pty.slave, IoctlName::Tiocsctty, 0)?, Ok(0))?;
            has_terminal(t, "the leader", &mut leader, pty.slave)?;
            leads_session_on(t, &mut leader, pty.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/second-terminal-is-refused",
        title: "TIOCSCTTY of a free slave by a session leader that has another terminal",
        requirement: "EPERM; the session keeps the terminal that it has",
        why: "a session with two controlling terminals would get the signals of both",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let own = device(&mut login.leader, login.slave)?;
            let other = login.leader.new_pty(0)?;
            let leader = &mut login.leader;
            let refused = leader.try_ioctl(other.slave, IoctlName::Tiocsctty, 0)?;
            t.equal("TIOCSCTTY of another one", refused, Err(Errno::EPERM))?;
            t.equal("the leader's terminal", controlling_terminal(leader)?, Ok(own))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/child-cannot-acquire",
        title: "TIOCSCTTY of a free slave by a child of a session leader that has no terminal",
        requirement: "EPERM, with the argument 1, too; nobody has a controlling terminal",
        why: "a runtime whose process forgot setsid() sees this error, and must not go on without job control",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-05"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let mut child = leader.fork(ChildGroup::Own)?;
            for argument in [0, 1] {
                let refused = child.try_ioctl(pty.slave, IoctlName::Tiocsctty, argument)?;
                t.equal(&format!("TIOCSCTTY with {argument} by a child"), refused, Err(Errno::EPERM))?;
            }
            has_no_terminal(t, "the child", &mut child)?;
            has_no_terminal(t, "the leader", &mut leader)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/master-stands-for-its-slave",
        title: "TIOCSCTTY of a master by a session leader that has no terminal",
        requirement: "the slave is the session's terminal, and the leader's group has it",
        why: "who is handed a master alone can begin a session on its slave without any path to it",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-06"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            t.equal("TIOCSCTTY of the master", leader.try_ioctl(pty.master, IoctlName::Tiocsctty, 0)?, Ok(0))?;
            has_terminal(t, "the leader", &mut leader, pty.slave)?;
            leads_session_on(t, &mut leader, pty.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/write-only-descriptor-acquires-nothing",
        title: "TIOCSCTTY of a free slave that is open for writing only, by a session leader without privilege",
        requirement: "EPERM since Linux 4.4 (new); before, it succeeds (old)",
        why: "who may write to a terminal, and not read from it, must not become the one who gets what is typed",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY")],
        covers: &["CT-07"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let slave = leader.open_slave(pty.master, O_WRONLY | O_NOCTTY)?.descriptor;
            renounce_privilege(t, &mut leader)?;
            let answer = leader.try_ioctl(slave, IoctlName::Tiocsctty, 0)?;
            t.shows("TIOCSCTTY at a write-only slave", answer, &[("new", Err(Errno::EPERM)), ("old", Ok(0))])
        },
        ..Case::KERNEL
    },
];
