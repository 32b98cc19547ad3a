//! Which open(2) makes a terminal the controlling one.

use crate::kernel::login::{Login, controlling_terminal, device, has_no_terminal, has_terminal, leads_session_on};
use crate::{kernel::pair::path_of_slave, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-session/leader-acquires-by-opening",
        title: "open a free slave, without O_NOCTTY, as a session leader that has no terminal",
        requirement: "it is the controlling terminal of the session from now on, and the leader's group has it",
        why: "getty and sshd rely on it, and every daemon has to guard against it",
        references: &[manual("open(2)").at("O_NOCTTY"), POSIX_TERMINALS],
        covers: &["CT-01"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut leader, pty.master)?;
            leader.open(&path, O_RDWR)?;
            has_terminal(t, "the leader", &mut leader, pty.slave)?;
            leads_session_on(t, &mut leader, pty.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/leader-acquires-by-opening-the-peer",
        title: "open the slave with TIOCGPTPEER, without O_NOCTTY, as a session leader that has no terminal",
        requirement: "it is the controlling terminal, as after open(2)",
        why: "a runtime that opens the slave so and forgets O_NOCTTY gets the container's terminal for its own session",
        references: &[manual("ioctl_tty(2)").at("TIOCGPTPEER")],
        covers: &["CT-17"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            leader.open_peer(pty.master, O_RDWR)?;
            has_terminal(t, "the leader", &mut leader, pty.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/noctty-acquires-nothing",
        title: "open a free slave with O_NOCTTY, by path and by TIOCGPTPEER, as a session leader without a terminal",
        requirement: "the leader has no controlling terminal, and the slave no session",
        why: "it is how a process looks at a terminal without being bound to its ^C and its hang-up",
        references: &[manual("open(2)").at("O_NOCTTY")],
        covers: &["CT-02"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut leader, pty.master)?;
            leader.open(&path, O_RDWR | O_NOCTTY)?;
            has_no_terminal(t, "the leader", &mut leader)?;
            let session = leader.try_ioctl(pty.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the terminal", session, Err(Errno::ENOTTY))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/write-only-open-acquires-nothing",
        title: "open a free slave for writing only, without O_NOCTTY, as a session leader that has no terminal",
        requirement: "the leader has no controlling terminal since Linux 4.4 (new); before, it had (old)",
        why: "otherwise who may only write to a terminal, as with write(1), could take it and then read what is typed",
        references: &[manual("open(2)").at("O_NOCTTY")],
        covers: &["CT-02"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut leader, pty.master)?;
            leader.open(&path, O_WRONLY)?;
            let slave = device(&mut leader, pty.slave)?;
            let terminal = controlling_terminal(&mut leader)?;
            t.shows("terminal after a write-only open", terminal, &[("new", Err(Errno::ENXIO)), ("old", Ok(slave))])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/read-only-open-acquires",
        title: "open a free slave for reading only, without O_NOCTTY, as a session leader that has no terminal",
        requirement: "it is the controlling terminal",
        why: "a shell that is started with its terminal as standard input alone has job control all the same",
        references: &[manual("open(2)").at("O_NOCTTY")],
        covers: &["CT-02"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut leader, pty.master)?;
            leader.open(&path, O_RDONLY)?;
            has_terminal(t, "the leader", &mut leader, pty.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/second-terminal-is-not-acquired",
        title: "open another free slave, without O_NOCTTY, as a session leader that has a terminal",
        requirement: "the open succeeds, the session keeps its terminal, and the other stays free",
        why: "a shell that opens a second terminal must still be told of ^C on its own",
        references: &[manual("open(2)").at("O_NOCTTY")],
        covers: &["CT-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let own = device(&mut login.leader, login.slave)?;
            let other = login.leader.new_pty(0)?;
            let path = path_of_slave(&mut login.leader, other.master)?;
            login.leader.open(&path, O_RDWR)?;
            t.equal("the leader's terminal", controlling_terminal(&mut login.leader)?, Ok(own))?;
            let session = login.leader.try_ioctl(other.master, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the other one", session, Err(Errno::ENOTTY))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/child-acquires-nothing-by-opening",
        title: "open a free slave, without O_NOCTTY, as a child of a session leader that has no terminal",
        requirement: "neither the child nor the leader has a controlling terminal",
        why: "a daemon forks twice to be safe from terminals: its second child leads no session",
        references: &[manual("open(2)").at("O_NOCTTY"), POSIX_TERMINALS],
        covers: &["CT-03"],
        body: |t| {
            let (mut leader, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut leader, pty.master)?;
            let mut child = leader.fork(ChildGroup::Parents)?;
            child.open(&path, O_RDWR)?;
            has_no_terminal(t, "the child", &mut child)?;
            has_no_terminal(t, "the leader", &mut leader)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/terminal-of-another-session-is-not-acquired",
        title: "open the terminal of another session, without O_NOCTTY, as a session leader that has none",
        requirement: "the open succeeds, the leader has no controlling terminal, and the other session keeps it",
        why: "a tool that looks at somebody's terminal (wall, a terminal emulator itself) must not take it",
        references: &[manual("open(2)").at("O_NOCTTY"), POSIX_TERMINALS],
        covers: &["CT-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let path = path_of_slave(&mut login.emulator, login.master)?;
            login.emulator.open(&path, O_RDWR)?;
            has_no_terminal(t, "the other leader", &mut login.emulator)?;
            has_terminal(t, "the owner", &mut login.leader, login.slave)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/opening-a-master-acquires-nothing",
        title: "open /dev/ptmx, without O_NOCTTY, as a session leader that has no terminal",
        requirement: "the leader has no controlling terminal",
        why: "a terminal emulator would otherwise be killed by what is typed in its own window",
        references: &[manual("pty(7)"), manual("posix_openpt(3)")],
        covers: &["CT-04"],
        body: |t| {
            let mut leader = t.actor()?;
            let master = leader.open("/dev/ptmx", O_RDWR)?.descriptor;
            has_no_terminal(t, "the leader", &mut leader)?;
            t.equal("session of the master", leader.try_ioctl(master, IoctlName::Tiocgsid, 0)?, Err(Errno::ENOTTY))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/opening-the-console-acquires-nothing",
        title: "open a node 5:1, without O_NOCTTY, as a session leader that has no terminal",
        requirement: "the leader has no controlling terminal",
        why: "every daemon that logs to /dev/console would get the console's ^C; a container's console is another device",
        references: &[manual("console(4)"), manual("tty(4)")],
        covers: &["CT-04"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let path = t.directory()?.join("console").display().to_string();
            let mut leader = t.actor()?;
            leader.make_node(&path, FileKind::CharacterDevice, DeviceNumber::CONSOLE)?;
            if let Err(errno) = leader.try_open(&path, O_RDWR | O_NONBLOCK)? {
                return Err(Stop::Skip(format!("this kernel has no console: {errno}")));
            }
            has_no_terminal(t, "the leader", &mut leader)
        },
        ..Case::KERNEL
    },
];
