//! A slave bound on another name.

use super::Bound;
use crate::{kernel::instance::carries, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-console/bound-slave-is-that-pty",
        title: "bind a slave on a file, stat and open the file",
        requirement: "it is the slave's inode, 136:N, and what is written to it comes out at the slave's master",
        why: "this is how a container gets a /dev/console that is its terminal",
        references: &[manual("mount(2)").at("MS_BIND"), DEVPTS],
        covers: &["CN-01"],
        body: |t| {
            let mut actor = t.actor()?;
            let bound = Bound::make(t, &mut actor)?;
            let slave = actor.stat_descriptor(bound.pty.slave)?;
            let status = actor.stat(&bound.console)?;
            let seen = (status.kind, status.node, status.file());
            t.equal("kind, device and inode", seen, (FileKind::CharacterDevice, SLAVE, slave.file()))?;
            let opened = actor.open(&bound.console, O_RDWR | O_NOCTTY)?;
            t.equal("the inode that was opened", opened.status.file(), slave.file())?;
            let slave = opened.descriptor;
            let master = bound.pty.master;
            carries(t, &mut actor, PtyDescriptors { master, slave })
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/bound-slave-has-the-name-it-was-opened-by",
        title: "open a slave through a file that it is bound on, and ask for its name",
        requirement: "/proc/self/fd and ttyname(3) say that file; of the slave opened by TIOCGPTPEER, the path in devpts",
        why: "tty(1) in a container says /dev/console; programs that open the terminal again by that name must get it",
        references: &[manual("ttyname(3)"), manual("proc_pid_fd(5)")],
        covers: &["CN-02"],
        body: |t| {
            let mut actor = t.actor()?;
            let bound = Bound::make(t, &mut actor)?;
            let opened = actor.open(&bound.console, O_RDWR | O_NOCTTY)?.descriptor;
            for (descriptor, name) in [(opened, bound.console), (bound.pty.slave, bound.instance.slave(0))] {
                let link = actor.read_link(&format!("/proc/self/fd/{descriptor}"))?;
                t.equal_bytes("what the descriptor is called", &link, name.as_bytes())?;
                t.equal("ttyname", actor.terminal(descriptor)?.name, Ok(name))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/bound-slave-becomes-the-controlling-terminal",
        title: "open a slave through a file that it is bound on without O_NOCTTY, as a session leader without a terminal",
        requirement: "it becomes the controlling terminal, unlike the machine's console",
        why: "a daemon that opens /dev/console to log in a container acquires the terminal, and a ^C there ends it",
        references: &[manual("open(2)").at("O_NOCTTY"), manual("credentials(7)")],
        covers: &["CN-03"],
        body: |t| {
            let mut actor = t.actor()?;
            let bound = Bound::make(t, &mut actor)?;
            t.equal("controlling terminal before", actor.observe()?.process.terminal, DeviceNumber::default())?;
            actor.open(&bound.console, O_RDWR)?;
            let process = actor.observe()?.process;
            let seen = (process.terminal, actor.ioctl(bound.pty.slave, IoctlName::Tiocgsid, 0)?);
            t.equal("controlling terminal and its session", seen, (SLAVE, i64::from(process.session)))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/bound-slave-dies-with-its-master",
        title: "close both ends of a pty whose slave is bound on a file, open the file, and again when a new pty has its \
                number",
        requirement: "EIO both times, while the new slave opens by its own path",
        why: "a container whose terminal has gone must not find somebody else's at /dev/console",
        references: &[DEVPTS, manual("pty(7)")],
        covers: &["CN-04"],
        body: |t| {
            let mut actor = t.actor()?;
            let bound = Bound::make(t, &mut actor)?;
            actor.close(bound.pty.slave)?;
            actor.close(bound.pty.master)?;
            t.equal("opening it after the close", actor.open_terminal(&bound.console)?.map(drop), Err(Errno::EIO))?;
            let new = bound.instance.new_pty(&mut actor)?;
            t.equal("number of the new pty", actor.ioctl(new.master, IoctlName::Tiocgptn, 0)?, 0)?;
            let opened = actor.open_terminal(&bound.console)?.map(drop);
            t.equal("opening it when its number is used again", opened, Err(Errno::EIO))?;
            t.equal("opening the new slave", actor.open_terminal(&bound.instance.slave(0))?.map(drop), Ok(()))?;
            carries(t, &mut actor, new)
        },
        ..Case::KERNEL
    },
];

/// Slave 0 of any instance.
const SLAVE: DeviceNumber = DeviceNumber { major: 136, minor: 0 };
