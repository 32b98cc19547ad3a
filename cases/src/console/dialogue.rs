//! `/dev/console` in use.

use crate::prelude::*;
use nix::fcntl::OFlag;

/// Reopening the console must not depend on whether it may become the controlling terminal.
const BOTH_WAYS: OFlag = OFlag::O_RDWR.union(OFlag::O_NOCTTY);

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console/writes-reach-the-master",
        title: "open /dev/console in the container and write a line",
        requirement: "the line arrives at the master of the container's terminal, and only it",
        why: "what init and kernel-style loggers write to the console is what an operator sees on attach",
        references: &[SPEC_LINUX.at("#default-devices")],
        covers: &["B05"],
        caught_by: &[("bytes on the terminal", &["console-plain-file", "console-is-hosts"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let console = c.probe.open("/dev/console", BOTH_WAYS.bits())?;
            c.probe.write(console.descriptor, b"to the console\n")?;
            c.receives(b"to the console\r\n")?;
            Ok(c.has_nothing_left_over()?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console/reads-what-is-typed",
        title: "open /dev/console in the container, type a line on the master, read",
        requirement: "the line is echoed once and read from /dev/console",
        why: "sulogin, getty and emergency shells talk with their user over /dev/console",
        references: &[SPEC_LINUX.at("#default-devices")],
        covers: &["B05"],
        caught_by: &[
            ("bytes read from /dev/console", &["console-plain-file"]),
            ("the answer of the process", &["console-is-hosts"]),
        ],
        body: |t| {
            let mut c = t.container()?.start()?;
            let console = c.probe.open("/dev/console", BOTH_WAYS.bits())?;
            c.types(b"from the master\n")?;
            c.receives(b"from the master\r\n")?;
            let read = c.probe.read(console.descriptor)?;
            t.equal("bytes read from /dev/console", Bytes(read), Bytes::from(&b"from the master\n"[..]))?;
            Ok(c.has_nothing_left_over()?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console/exec-leaves-it-alone",
        title: "start another process with a terminal in a running container, then stat /dev/console from both",
        requirement: "/dev/console stays the terminal of the first process, and nothing is mounted over it",
        why: "an exec that remounts the console takes the output of the container's init away for good",
        level: Level::Convention,
        references: &[TERMINALS, SPEC_LINUX.at("#default-devices")],
        covers: &["B14"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("/dev/console, seen by the second process", &["exec-remounts-console"]),
            ("terminal of the second process", &["exec-shares-init-terminal"]),
        ],
        body: |t| {
            let identity = |status: &FileStatus| (status.device, status.inode, status.node);
            let mut c = t.container()?.start()?;
            let before = c.probe.stat("/dev/console")?;
            let mounts = c.probe.observe()?.mounts;
            let mut execution = c.exec()?.start()?;
            let seen = execution.probe.observe()?;
            t.holds(
                "terminal of the second process",
                "another slave than the console",
                &seen.descriptor(0).map(|fd| identity(&fd.status)),
                |terminal| terminal.is_some_and(|terminal| terminal.2.is_pty_slave() && terminal != identity(&before)),
            )?;
            let console = execution.probe.stat("/dev/console")?;
            t.equal("/dev/console, seen by the second process", identity(&console), identity(&before))?;
            t.equal("mounts in the container", c.probe.observe()?.mounts, mounts)
        },
    },
];
