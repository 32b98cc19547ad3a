//! Programs in a container that begin a session of their own: sandboxes, and first processes that only start the real one.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "session/a-new-session-has-no-job-control",
        title: "let a child of the first process begin a session on the container's terminal, as a sandbox does that starts \
                one without a terminal (bwrap --new-session); ask it for the foreground group, set that, open /dev/tty, resize \
                the terminal, type ^C, and let the child write",
        requirement: "ENOTTY, ENOTTY, ENXIO; the first process gets SIGWINCH and SIGINT, the child neither; what it writes comes",
        why: "that is what such a sandbox is for, and what it costs: nothing is typed at the shell that started it, and the \
              program has no job control and does not learn of a new size",
        level: Level::Kernel,
        references: &[
            manual("setsid(2)"),
            manual("tty(4)"),
            issue("bubblewrap issue 143", "https://github.com/containers/bubblewrap/issues/143"),
        ],
        covers: &["C22"],
        caught_by: &[("signals of the first process at a resize", &["no-controlling-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut child = c.fork(ChildGroup::OwnSession)?;
            let group = child.try_ioctl(0, IoctlName::Tiocgpgrp, 0)?;
            t.equal("the foreground group that the child asks for", group, Err(Errno::ENOTTY))?;
            let set = child.try_set_foreground(0, child.pid())?;
            t.equal("the foreground group that the child sets", set, Err(Errno::ENOTTY))?;
            let opened = child.try_open("/dev/tty", O_RDWR)?.map(drop);
            t.equal("/dev/tty opened by the child", opened, Err(Errno::ENXIO))?;
            for probe in [&mut c.probe, &mut child] {
                probe.catch(&[Signal::WINCH, Signal::INT, Signal::USR1])?;
            }
            c.terminal()?.resize(Size::new(43, 130))?;
            t.equal("signals of the first process at a resize", c.probe.next_signals()?, vec![Signal::WINCH])?;
            c.types("\x03")?;
            t.equal("signals of the first process at ^C", c.probe.next_signals()?, vec![Signal::INT])?;
            child.kill(child.pid(), Signal::USR1)?;
            t.equal("signals of the child until its own", child.next_signals()?, vec![Signal::USR1])?;
            child.write(1, b"written")?;
            c.receives("^Cwritten").map_err(Stop::from)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "session/the-first-process-hands-its-terminal-over",
        title: "let the first process, which ignores SIGHUP, give its terminal up, and a child that leads a session acquire it; \
                try the same before; type ^C and a line",
        requirement: "EPERM while the first process has it; then the child has it and is in its foreground, gets SIGINT, and \
                      reads the line; the first process gets no signal",
        why: "a first process that only starts the real one and waits for orphans must not stand between it and its terminal: \
              a shell would say that it has no job control",
        level: Level::Kernel,
        references: &[
            manual("ioctl_tty(2), TIOCNOTTY"),
            manual("ioctl_tty(2), TIOCSCTTY"),
            issue("systemd issue 13570", "https://github.com/systemd/systemd/issues/13570"),
        ],
        covers: &["C21"],
        caught_by: &[("TIOCSCTTY by the child while the first process has the terminal", &["no-controlling-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut child = c.fork(ChildGroup::OwnSession)?;
            c.probe.ignore(&[Signal::HUP])?;
            let early = child.try_ioctl(0, IoctlName::Tiocsctty, 0)?;
            t.equal("TIOCSCTTY by the child while the first process has the terminal", early, Err(Errno::EPERM))?;
            t.equal("TIOCNOTTY by the first process", c.probe.try_ioctl(0, IoctlName::Tiocnotty, 0)?, Ok(0))?;
            t.equal("TIOCSCTTY by the child", child.try_ioctl(0, IoctlName::Tiocsctty, 0)?, Ok(0))?;
            let group = child.ioctl(0, IoctlName::Tiocgpgrp, 0)?;
            t.equal("foreground group", group, i64::from(child.pid()))?;
            for probe in [&mut c.probe, &mut child] {
                probe.catch(&[Signal::INT, Signal::USR1])?;
            }
            c.types("\x03")?;
            t.equal("signals of the child", child.next_signals()?, vec![Signal::INT])?;
            c.probe.kill(c.probe.pid(), Signal::USR1)?;
            t.equal("signals of the first process until its own", c.probe.next_signals()?, vec![Signal::USR1])?;
            c.receives("^C")?;
            c.types("line\n")?;
            t.equal_bytes("what the child reads", &child.read(0)?, b"line\n")
        },
        ..Case::TERMINAL
    },
];
