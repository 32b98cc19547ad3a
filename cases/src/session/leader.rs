//! The first process leads a session of its own, whose terminal is the container's.

use crate::prelude::*;
use nix::fcntl::OFlag;

pub const CASES: &[Case] = &[
    // Only a session leader can acquire a terminal, and only it is told when the terminal hangs up.
    Case {
        id: "session/first-process-leads-its-session",
        title: "ask the first process of a container with a terminal for its session",
        requirement: "the first process is the leader of its session",
        why: "without a session of its own it stays in the runtime's, cannot acquire its terminal, and gets \
              signals that were meant for the caller's shell",
        references: &[manual("setsid(2)"), manual("credentials(7)")],
        covers: &["C01"],
        caught_by: &[("session of the first process", &["no-setsid"])],
        body: |t| {
            let process = t.standard_terminal()?.inside.process;
            t.equal("session of the first process", process.session, process.pid)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "session/first-process-leads-its-group",
        title: "ask the first process of a container with a terminal for its process group",
        requirement: "the first process is the leader of its process group",
        why: "a shell signals and moves process groups by its own process id; in a foreign group it would signal \
              processes that it does not know",
        references: &[manual("setsid(2)"), manual("credentials(7)")],
        covers: &["C02"],
        caught_by: &[("process group of the first process", &["no-setsid"])],
        body: |t| {
            let process = t.standard_terminal()?.inside.process;
            t.equal("process group of the first process", process.group, process.pid)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "session/dev-tty-opens",
        title: "open /dev/tty in a container with a terminal",
        requirement: "/dev/tty can be opened, because the first process has a controlling terminal",
        why: "programs that ask for a password (ssh, sudo, gpg) open /dev/tty and fail where there is none",
        references: &[manual("tty(4)"), manual("ioctl_tty(2), TIOCSCTTY")],
        covers: &["C03"],
        caught_by: &[("error of opening /dev/tty", &["no-setsid", "no-controlling-terminal", "dev-tty-missing"])],
        body: |t| t.equal("error of opening /dev/tty", t.standard_terminal()?.inside.controlling_terminal.err(), None),
        ..Case::TERMINAL
    },
    Case {
        id: "session/terminal-belongs-to-the-session",
        title: "tcgetsid of descriptor 0 in a container with a terminal",
        requirement: "the terminal's session is the first process's",
        why: "a terminal that belongs to no session delivers no signal for ^C and no hang-up",
        references: &[manual("tcgetsid(3)"), manual("ioctl_tty(2), TIOCSCTTY")],
        covers: &["C03"],
        caught_by: &[("tcgetsid of descriptor 0", &["no-setsid", "no-controlling-terminal"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let stdin = seen.descriptor(0).map(|fd| fd.terminal.clone());
            let session = stdin.map(|terminal| terminal.and_then(|terminal| terminal.session));
            t.equal("tcgetsid of descriptor 0", session, Some(Ok(seen.process.pid)))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "session/tty-nr-is-standard-input",
        title: "compare tty_nr of /proc/self/stat with the device behind descriptor 0",
        requirement: "the controlling terminal of the first process is the terminal behind descriptor 0",
        why: "ps, w and killall select by controlling terminal; with another one, signals from the keyboard go astray",
        references: &[manual("proc_pid_stat(5), tty_nr"), manual("ioctl_tty(2), TIOCSCTTY")],
        covers: &["C03"],
        caught_by: &[
            ("controlling terminal (tty_nr)", &["no-controlling-terminal"]),
            ("device of descriptor 0", &["stdin-dev-null"]),
        ],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let stdin = seen.descriptor(0).map(|fd| fd.status.node);
            t.holds("device of descriptor 0", "the slave of a pty", &stdin, |node| {
                node.is_some_and(|node| node.is_pty_slave())
            })?;
            t.equal("controlling terminal (tty_nr)", Some(seen.process.terminal), stdin)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "session/first-process-is-in-the-foreground",
        title: "tcgetpgrp of descriptor 0 in a container with a terminal",
        requirement: "the foreground process group of the terminal is the first process's",
        why: "a shell that starts in the background stops itself with SIGTTIN, or says that there is no job control",
        references: &[manual("tcgetpgrp(3)"), manual("ioctl_tty(2), TIOCSCTTY")],
        covers: &["C05", "C06"],
        caught_by: &[("tcgetpgrp of descriptor 0", &["no-controlling-terminal", "foreground-group-not-init"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let stdin = seen.descriptor(0).map(|fd| fd.terminal.clone());
            let group = stdin.map(|terminal| terminal.and_then(|terminal| terminal.foreground_group));
            t.equal("tcgetpgrp of descriptor 0", group, Some(Ok(seen.process.group)))?;
            t.equal("tpgid of /proc/self/stat", seen.process.foreground_group, seen.process.group)
        },
        ..Case::TERMINAL
    },
    // Bytes and size in both directions: two terminals with equal numbers would agree on numbers only.
    Case {
        id: "session/dev-tty-is-standard-input",
        title: "write, read and resize through /dev/tty, and look at descriptor 0 and at the master",
        requirement: "/dev/tty is the same terminal as descriptor 0, in both directions",
        why: "a password prompt goes to /dev/tty and must appear where the user sits, and what is typed must reach it",
        references: &[manual("tty(4)")],
        covers: &["C04"],
        caught_by: &[("opening /dev/tty", &["no-controlling-terminal", "dev-tty-missing"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let tty = t.succeeds("opening /dev/tty", c.probe.try_open("/dev/tty", OFlag::O_RDWR.bits())?)?.descriptor;
            c.probe.write(tty, b"by /dev/tty")?;
            c.probe.write(0, b", by descriptor 0")?;
            c.receives("by /dev/tty, by descriptor 0")?;
            c.types("a secret\n")?;
            t.equal_bytes("a line read from /dev/tty", &c.probe.read(tty)?, b"a secret\n")?;
            c.types("a line\n")?;
            c.reads("a line\n")?;
            c.probe.set_size(tty, Size::new(31, 127))?;
            t.equal("size of descriptor 0", c.probe.size(0)?, Size::new(31, 127))?;
            c.probe.set_size(0, Size::new(17, 83))?;
            t.equal("size of /dev/tty", c.probe.size(tty)?, Size::new(17, 83))
        },
        ..Case::TERMINAL
    },
    // What is ignored or blocked is inherited by every program that the container ever runs.
    Case {
        id: "session/signals-start-as-default",
        title: "read SigIgn, SigBlk and SigCgt of the first process at its first instruction",
        requirement: "no signal is ignored, blocked or caught, with and without a terminal",
        why: "an inherited SIG_IGN survives every execve: pipelines do not end on SIGPIPE, nohup-like processes \
              survive the hang-up, job control does not stop jobs",
        references: &[manual("signal(7), execve"), manual("proc_pid_status(5)")],
        covers: &["C17"],
        caught_by: &[("signals with a terminal", &["signals-ignored-inherited", "sigmask-inherited"])],
        body: |t| {
            let none = SignalSets::default;
            t.equal("signals with a terminal", t.standard_terminal()?.inside.process.signals, none())?;
            let pipes = t.standard_pipes()?.inside.process.signals;
            t.equal("signals without a terminal", pipes, none())
        },
        ..Case::TERMINAL
    },
];
