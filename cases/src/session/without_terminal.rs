//! Without a terminal the first process has a session of its own and no controlling terminal.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "session/without-terminal-own-session",
        title: "ask the first process of a detached container without a terminal for session and process group",
        requirement: "the first process leads a session and a process group of its own",
        why: "a process that signals its group (kill 0, as scripts do on exit) would also hit the container's monitor",
        level: Level::Convention,
        references: &[manual("setsid(2)"), manual("kill(2)")],
        covers: &["C10"],
        needs: &[],
        caught_by: &[("session and group", &["setsid-missing-without-terminal"])],
        body: |t| {
            let process = t.standard_pipes()?.inside.process;
            t.equal("session and group", (process.session, process.group), (process.pid, process.pid))
        },
    },
    Case {
        id: "session/foreground-without-terminal-own-session",
        title: "run a container without a terminal in the foreground of somebody's terminal, and ask for its session",
        requirement: "the first process leads a session and a process group of its own, not the caller's",
        why: "in the caller's session the container could signal its jobs, and ^C typed there would reach both",
        level: Level::Convention,
        references: &[manual("setsid(2)"), TERMINALS.at("#foreground")],
        covers: &["C10"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("session and group", &["setsid-missing-without-terminal"])],
        body: |t| {
            let plan = t.container()?.without_terminal();
            let mut run = plan.foreground(Caller::at_a_terminal())?;
            let mut probe = run.probe()?;
            let process = probe.observe()?.process;
            probe.end(Ending::Exit(0))?;
            run.returns()?;
            t.equal("session and group", (process.session, process.group), (process.pid, process.pid))
        },
    },
    // Only a caller with a controlling terminal can show it: elsewhere there is none to inherit.
    Case {
        id: "session/without-terminal-none-controls",
        title: "run a container without a terminal from somebody's controlling terminal, and open /dev/tty in it",
        requirement: "opening /dev/tty says ENXIO, and the process has no controlling terminal",
        why: "through /dev/tty a container could read the caller's keyboard and write into the caller's shell, and \
              background output would stop it with SIGTTOU",
        level: Level::Security,
        references: &[manual("tty(4)"), TERMINALS.at("#detached")],
        covers: &["C09", "D11"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("error of opening /dev/tty", &["ctty-without-terminal"])],
        body: |t| {
            let plan = t.container()?.without_terminal();
            let mut run = plan.foreground(Caller::at_a_terminal())?;
            let mut probe = run.probe()?;
            let seen = probe.observe()?;
            // Some runtimes put pipes between, some hand the caller's terminal itself over; both is common.
            let callers = run.callers_terminal()?;
            probe.end(Ending::Exit(0))?;
            run.returns()?;
            let direct = [0, 1, 2].map(|number| seen.descriptor(number).is_some_and(|fd| fd.status.file() == callers));
            t.records("0, 1 and 2 are the caller's terminal itself", direct);
            t.equal("error of opening /dev/tty", seen.controlling_terminal.err(), Some(Errno(nix::libc::ENXIO)))?;
            t.equal("controlling terminal (tty_nr)", seen.process.terminal, DeviceNumber::default())?;
            t.equal("foreground group (tpgid)", seen.process.foreground_group, -1)
        },
    },
];
