//! TIOCNOTTY, setsid(2) and exit(2): a process or a session gives its controlling terminal up, or passes it on.

use crate::kernel::login::{Login, controlling_terminal, device, has_no_terminal, has_terminal};
use crate::prelude::*;

/// What happens when the leader gives its terminal up is a hang-up.
pub const CASES: &[Case] = &[
    Case {
        id: "kernel-session/only-the-own-terminal-is-given-up",
        title: "TIOCNOTTY of a slave that is no controlling terminal, and of the master of the one that is",
        requirement: "ENOTTY for both; the session keeps its terminal",
        why: "a daemon that closes down what it inherited must not lose another terminal by mistake",
        references: &[manual("ioctl_tty(2)").at("TIOCNOTTY")],
        covers: &["CT-10"],
        body: |t| {
            let mut leader = t.actor()?;
            let own = leader.new_pty(0)?;
            let other = leader.new_pty(0)?;
            leader.ioctl(own.slave, IoctlName::Tiocsctty, 0)?;
            let refused = leader.try_ioctl(other.slave, IoctlName::Tiocnotty, 0)?;
            t.equal("TIOCNOTTY of another slave", refused, Err(Errno::ENOTTY))?;
            let refused = leader.try_ioctl(own.master, IoctlName::Tiocnotty, 0)?;
            t.equal("TIOCNOTTY of the master", refused, Err(Errno::ENOTTY))?;
            has_terminal(t, "the leader", &mut leader, own.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/child-gives-up-for-itself-alone",
        title: "TIOCNOTTY by a child of the session leader",
        requirement: "the child has no controlling terminal any more, and the leader keeps it",
        why: "it is the old way of a daemon to get rid of its terminal; the shell that started it goes on",
        references: &[manual("ioctl_tty(2)").at("TIOCNOTTY"), manual("tty(4)")],
        covers: &["CT-10"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut child = login.leader.fork(ChildGroup::Own)?;
            t.equal("TIOCNOTTY by the child", child.try_ioctl(login.slave, IoctlName::Tiocnotty, 0)?, Ok(0))?;
            has_no_terminal(t, "the child", &mut child)?;
            has_terminal(t, "the leader", &mut login.leader, login.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/new-session-has-no-terminal",
        title: "setsid() by a child of a session with a terminal, whose descriptor it keeps",
        requirement: "the child leads a session without a terminal, and the old session keeps its own",
        why: "a daemon, and the first process of a container, must not be reached by ^C of the terminal it was started at",
        references: &[manual("setsid(2)"), POSIX_TERMINALS],
        covers: &["CT-13"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut child = login.leader.fork(ChildGroup::Parents)?;
            child.new_session()?;
            t.equal("the child's session", child.observe()?.process.session, child.pid())?;
            has_no_terminal(t, "the child", &mut child)?;
            has_terminal(t, "the leader", &mut login.leader, login.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/group-leader-begins-no-session",
        title: "setsid() by the leader of a process group",
        requirement: "EPERM; it stays in its session and keeps its terminal",
        why: "a runtime that calls setsid() without a fork before it fails here, depending on how it was started",
        references: &[manual("setsid(2)").at("EPERM")],
        covers: &["CT-13"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut child = login.leader.fork(ChildGroup::Own)?;
            t.equal("setsid()", child.try_new_session()?, Err(Errno::EPERM))?;
            t.equal("the child's session", child.observe()?.process.session, login.leader.pid())?;
            let slave = device(&mut login.leader, login.slave)?;
            t.equal("the child's terminal", controlling_terminal(&mut child)?, Ok(slave))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/children-and-programs-inherit-the-terminal",
        title: "fork() in a session with a terminal, and execve() without any descriptor of it",
        requirement: "the child has the session's terminal, and the program that takes its place, too",
        why: "sudo and ssh ask for a password at /dev/tty, however their standard streams are redirected",
        references: &[manual("setsid(2)"), manual("tty(4)")],
        covers: &["CT-13"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let slave = device(&mut login.leader, login.slave)?;
            let mut child = login.leader.fork(ChildGroup::Own)?;
            t.equal("the child's terminal", controlling_terminal(&mut child)?, Ok(slave))?;
            child.close(login.slave)?;
            let mut program = child.execute()?;
            t.equal("the program's terminal", controlling_terminal(&mut program)?, Ok(slave))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/terminal-is-free-after-its-leader",
        title: "end the leader of a session with a terminal, and acquire the terminal for another session",
        requirement: "nobody owns it once the leader has ended, and the leader of the other session can have it",
        why: "one terminal serves one login after another",
        references: &[manual("ioctl_tty(2)").at("TIOCSCTTY"), manual("setsid(2)")],
        covers: &["CT-15"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut emulator = login.emulator;
            let slave = emulator.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            login.leader.end(Ending::Exit(0))?;
            emulator.wait_for_end(login.leader.pid())?;
            let session = emulator.try_ioctl(login.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the free terminal", session, Err(Errno::ENOTTY))?;
            let mut next = emulator.fork(ChildGroup::OwnSession)?;
            t.equal("TIOCSCTTY by the next leader", next.try_ioctl(slave, IoctlName::Tiocsctty, 0)?, Ok(0))?;
            let session = emulator.try_ioctl(login.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the terminal", session, Ok(i64::from(next.pid())))
        },
        ..Case::KERNEL
    },
];
