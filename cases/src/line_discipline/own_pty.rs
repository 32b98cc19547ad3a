//! A terminal inside as the kernel has it, where an emulated one may differ: its speeds, and ptys that a container makes
//! itself, with sessions of their own.

use crate::prelude::*;
use nix::libc::{B9600, B38400, BOTHER};

/// The slave of an own pty can be had without a path. ioctl_tty(2)
const PEER: Reference = manual("ioctl_tty(2)").at("TIOCGPTPEER");

pub const CASES: &[Case] = &[
    Case {
        id: "line-discipline/takes-tcgets2",
        title: "ask a container's terminal for its speeds with TCGETS2, set others with TCSETS2, and ask TCGETS and TCGETS2",
        requirement: "38400 bits per second at first, then what was set; no other setting changes",
        why: "new C libraries use TCGETS2 for every tcgetattr(3): where it is refused, no shell edits lines any more",
        references: &[manual("TCSETS(2const)").at("TCGETS2")],
        covers: &["PT-11"],
        caught_by: &[("TCGETS2 on the container's terminal", &["terminal-calls-refused"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let first = Speeds { code: B38400, input: 38400, output: 38400 };
            t.equal("TCGETS2 on the container's terminal", c.probe.try_speeds(0)?, Ok(first))?;
            let before = c.probe.termios(0)?;
            let standard = Speeds { code: B9600, input: 9600, output: 9600 };
            let own = Speeds { code: BOTHER, input: 12345, output: 12345 };
            for speeds in [standard, own, first] {
                t.equal("TCSETS2 on the container's terminal", c.probe.try_set_speeds(0, speeds)?, Ok(()))?;
                t.equal("TCGETS2 after that", c.probe.try_speeds(0)?, Ok(speeds))?;
                // Speeds stand in the settings in ways that C libraries do not agree on.
                let after = TermiosFacts { speeds: before.speeds, ..c.probe.termios(0)? };
                t.equal("TCGETS after that", after, before)?;
            }
            t.equal("TCGETS in the end", c.probe.termios(0)?, before)
        },
        level: Level::Kernel,
        ..Case::TERMINAL
    },
    Case {
        id: "line-discipline/own-pty-takes-tiocgptpeer",
        title: "inside, make a pty, open its slave with TIOCGPTPEER, and write to that",
        requirement: "it is the slave: what is written comes out of the master",
        why: "terminal multiplexers open the slave without a path, because a path may lead elsewhere",
        references: &[PEER],
        covers: &["P06"],
        caught_by: &[("TIOCGPTPEER on a pty that was made inside", &["terminal-calls-refused"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let master = t.succeeds("a pty that was made inside", c.probe.try_open_pty()?)?.master.descriptor;
            let opened = c.probe.try_open_peer(master, O_RDWR | O_NOCTTY)?;
            let slave = opened.as_ref().map(|opened| opened.descriptor).unwrap_or(-1);
            t.equal("TIOCGPTPEER on a pty that was made inside", opened.map(drop), Ok(()))?;
            c.probe.write(slave, b"x")?;
            t.equal_bytes("what the master reads", &c.probe.read(master)?, b"x")
        },
        level: Level::Kernel,
        ..Case::TERMINAL
    },
    Case {
        id: "line-discipline/own-pty-has-a-session-of-its-own",
        title: "inside, begin a session on the slave of a pty that was made there, ask for it at both ends, resize it at \
                the master, and give it up with TIOCNOTTY",
        requirement: "both ends tell the new session; its leader gets SIGWINCH and sees the size, and has no terminal in \
                      the end; the container's first process gets nothing",
        why: "this is tmux, script or sshd in a container: where SIGWINCH does not come, its windows keep their first size",
        references: &[manual("ioctl_tty(2)").at("TIOCNOTTY"), manual("TIOCSWINSZ(2const)")],
        covers: &["P09"],
        caught_by: &[
            ("signals of the leader of an own session", &["sigmask-inherited"]),
            ("TIOCGSID at the own slave", &["terminal-calls-refused"]),
        ],
        body: |t| {
            let mut c = t.container()?.start()?;
            let pty = t.succeeds("a pty that was made inside", c.probe.try_open_pty()?)?;
            let (master, slave) = (pty.master.descriptor, t.succeeds("its slave", pty.slave)?.descriptor);
            let mut leader = c.fork(ChildGroup::OwnSession)?;
            for probe in [&mut c.probe, &mut leader] {
                probe.catch(&[Signal::WINCH])?;
            }
            t.equal("TIOCSCTTY at the own slave", leader.try_ioctl(slave, IoctlName::Tiocsctty, 0)?, Ok(0))?;
            let session = Ok(i64::from(leader.pid()));
            t.equal("TIOCGSID at the own slave", leader.try_ioctl(slave, IoctlName::Tiocgsid, 0)?, session)?;
            t.equal("TIOCGSID at the own master", c.probe.try_ioctl(master, IoctlName::Tiocgsid, 0)?, session)?;
            let size = Size::new(43, 132);
            t.equal("TIOCSWINSZ at the own master", c.probe.try_set_size(master, size)?, Ok(()))?;
            t.equal("signals of the leader of an own session", leader.next_signals()?, vec![Signal::WINCH])?;
            t.equal("size at the own slave", leader.try_size(slave)?, Ok(size))?;
            t.equal("signals of the first process", c.probe.signals_within(0)?, vec![])?;
            // It leads the foreground group, too, which is told with SIGHUP.
            leader.ignore(&[Signal::HUP])?;
            t.equal("TIOCNOTTY at the own slave", leader.try_ioctl(slave, IoctlName::Tiocnotty, 0)?, Ok(0))?;
            let tty = leader.try_open("/dev/tty", O_RDWR | O_NOCTTY)?.map(drop);
            t.equal("/dev/tty after that", tty, Err(Errno::ENXIO))
        },
        level: Level::Kernel,
        ..Case::TERMINAL
    },
];
