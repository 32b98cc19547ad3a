//! Session and controlling terminal of processes that are added to a container.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "session/exec-without-terminal-own-session",
        title: "exec without a terminal, and ask for session and process group",
        requirement: "the process leads a session and a process group of its own, seen from inside the container",
        why: "a group or session outside of the container is 0 in there: getpgrp() == 0 breaks shells, and a kill of \
              the group goes to foreign processes",
        level: Level::Convention,
        references: &[manual("setsid(2)"), manual("pid_namespaces(7)")],
        covers: &["C11"],
        needs: &[Need::Exec],
        caught_by: &[("session and group", &["exec-same-session"])],
        body: |t| {
            let c = t.container()?.without_terminal().start()?;
            let mut exec = c.exec()?.without_terminal().start()?;
            let process = exec.probe.observe()?.process;
            t.equal("session and group", (process.session, process.group), (process.pid, process.pid))
        },
    },
    Case {
        id: "session/exec-with-terminal-own-session",
        title: "exec with a terminal, and ask for session and process group",
        requirement: "the process leads a session and a process group of its own",
        why: "in the first process's session it could not have a terminal of its own, and ^C would reach the wrong one",
        level: Level::Convention,
        references: &[manual("setsid(2)"), manual("ioctl_tty(2), TIOCSCTTY")],
        covers: &["C12"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("session and group", &["exec-same-session"])],
        body: |t| {
            let c = t.container()?.start()?;
            let mut exec = c.exec()?.start()?;
            let process = exec.probe.observe()?.process;
            t.equal("session and group", (process.session, process.group), (process.pid, process.pid))
        },
    },
    Case {
        id: "session/exec-terminal-controls",
        title: "exec with a terminal, and look at its controlling terminal and its foreground process group",
        requirement: "the terminal of exec is the controlling terminal of its process, which is in the foreground",
        why: "`exec -t` gives people a shell in a container; without this it has no job control and ^C does nothing",
        level: Level::Convention,
        references: &[manual("tty(4)"), manual("ioctl_tty(2), TIOCSCTTY")],
        covers: &["C12"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("controlling terminal (tty_nr)", &["exec-same-session", "exec-shares-init-terminal"])],
        body: |t| {
            let c = t.container()?.start()?;
            let mut exec = c.exec()?.start()?;
            let seen = exec.probe.observe()?;
            let pid = seen.process.pid;
            let stdin = seen.descriptor(0).map(|fd| fd.status.node);
            t.equal("controlling terminal (tty_nr)", Some(seen.process.terminal), stdin)?;
            let tty = seen.controlling_terminal;
            let session = tty.clone().and_then(|tty| tty.session);
            t.equal("session of /dev/tty", session, Ok(pid))?;
            let group = tty.and_then(|tty| tty.foreground_group);
            t.equal("foreground group of /dev/tty", group, Ok(pid))
        },
    },
    // The caller sits at a controlling terminal and redirects all three streams, as scripts do.
    Case {
        id: "session/exec-without-terminal-none-controls",
        title: "exec without a terminal from somebody's controlling terminal, and open /dev/tty",
        requirement: "opening /dev/tty says ENXIO, and no standard stream is a terminal",
        why: "programs decide by isatty and /dev/tty whether to ask, to colour and to page; the caller's or the first \
              process's terminal must not leak into a pipeline",
        level: Level::Convention,
        references: &[manual("tty(4)"), manual("isatty(3)")],
        covers: &["J05", "C11"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("error of tcgetattr on descriptor 0", &["exec-without-tty-gets-terminal"]),
            ("error of opening /dev/tty", &["exec-same-session"]),
        ],
        body: |t| {
            let c = t.container()?.start()?;
            let caller =
                Caller::at_a_terminal().stdin(CallerStream::Pipe).stdout(CallerStream::Pipe).stderr(CallerStream::Pipe);
            let mut exec = c.exec()?.without_terminal().foreground(caller)?;
            let seen = exec.probe()?.observe()?;
            let enotty = Some(Errno(nix::libc::ENOTTY));
            for number in 0..3 {
                let refusal = seen.descriptor(number).and_then(|fd| fd.terminal.clone().err());
                t.equal(&format!("error of tcgetattr on descriptor {number}"), refusal, enotty)?;
            }
            t.equal("error of opening /dev/tty", seen.controlling_terminal.err(), Some(Errno(nix::libc::ENXIO)))?;
            t.equal("controlling terminal (tty_nr)", seen.process.terminal, DeviceNumber::default())
        },
    },
    Case {
        id: "session/exec-signals-start-as-default",
        title: "read SigIgn, SigBlk and SigCgt of a process that exec adds, at its first instruction",
        requirement: "no signal is ignored, blocked or caught, with and without a terminal",
        why: "health checks and shells run by exec; a SIG_IGN survives each execve and changes what their children do",
        level: Level::Convention,
        references: &[manual("signal(7), execve"), manual("proc_pid_status(5)")],
        covers: &["C17"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("signals with a terminal", &["signals-ignored-inherited", "sigmask-inherited"])],
        body: |t| {
            let c = t.container()?.start()?;
            let mut with = c.exec()?.start()?;
            t.equal("signals with a terminal", with.probe.observe()?.process.signals, SignalSets::default())?;
            let mut without = c.exec()?.without_terminal().start()?;
            t.equal("signals without a terminal", without.probe.observe()?.process.signals, SignalSets::default())
        },
    },
];
