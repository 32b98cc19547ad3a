//! `/dev/tty`, the controlling terminal of whoever opens it.

use crate::kernel::login::{Login, controlling_terminal, device};
use crate::{kernel::pair::path_of_slave, prelude::*};
use nix::libc::O_ACCMODE;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-session/dev-tty-needs-a-terminal",
        title: "open /dev/tty in a new session, after opening a master, and after opening a slave with O_NOCTTY",
        requirement: "ENXIO every time",
        why: "it is how a program finds out that nobody can be asked for a password",
        references: &[manual("tty(4)"), manual("open(2)").at("ENXIO")],
        covers: &["CT-09"],
        body: |t| {
            let mut leader = t.actor()?;
            t.equal("in a new session", controlling_terminal(&mut leader)?, Err(Errno::ENXIO))?;
            let pty = leader.new_pty(0)?;
            t.equal("with a pty of its own", controlling_terminal(&mut leader)?, Err(Errno::ENXIO))?;
            let path = path_of_slave(&mut leader, pty.master)?;
            leader.open(&path, O_RDWR | O_NOCTTY)?;
            t.equal("with a slave of O_NOCTTY", controlling_terminal(&mut leader)?, Err(Errno::ENXIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/dev-tty-is-the-terminal",
        title: "open /dev/tty in a session with a terminal, look at the descriptor, and write",
        requirement: "it is 5:0 by the name of /dev/tty, blocks, says the slave's number to TIOCGDEV, and what is written \
                      comes out of the master",
        why: "ttyname() says /dev/tty of such a descriptor, so only TIOCGDEV tells which terminal it is",
        references: &[manual("tty(4)"), manual("ioctl_tty(2)").at("TIOCGDEV")],
        covers: &["CT-09"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let leader = &mut login.leader;
            let opened = leader.open("/dev/tty", O_RDWR)?;
            t.equal("device number", opened.status.node, DeviceNumber::TTY)?;
            let tty = opened.descriptor;
            t.equal_bytes("name of the descriptor", &leader.read_link(&format!("/proc/self/fd/{tty}"))?, b"/dev/tty")?;
            t.equal("access mode and O_NONBLOCK", leader.flags(tty)? & (O_ACCMODE | O_NONBLOCK), O_RDWR)?;
            let slave = device(leader, login.slave)?;
            t.equal("TIOCGDEV", device(leader, tty)?, slave)?;
            leader.write(tty, b"asked")?;
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 5)?, b"asked")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-session/dev-tty-outlives-the-descriptors",
        title: "close the last descriptor of the slave in a session whose terminal it is, then open /dev/tty and write",
        requirement: "the session keeps its terminal, and what is written comes out of the master",
        why: "a daemon that closes all it inherited still has its terminal, unless it begins a session of its own",
        references: &[manual("tty(4)")],
        covers: &["CT-14"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let leader = &mut login.leader;
            leader.close(login.slave)?;
            let opened = leader.try_open("/dev/tty", O_RDWR | O_NOCTTY)?;
            let node = opened.clone().map(|opened| opened.status.node);
            t.equal("opening /dev/tty", node, Ok(DeviceNumber::TTY))?;
            if let Ok(tty) = opened {
                leader.write(tty.descriptor, b"still there")?;
            }
            t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 11)?, b"still there")
        },
        ..Case::KERNEL
    },
];
