//! How the controlling terminal is acquired, and what becomes of a container where that fails.

use crate::prelude::*;
use ptyproof_harness::intervention::Call;

/// A tool that acquired what it made for its container.
const LXD_7352: Reference = issue("lxd pull request 7352", "https://github.com/canonical/lxd/pull/7352");

pub const CASES: &[Case] = &[
    Case {
        id: "session/failure-to-control-the-terminal-ends-the-start",
        title: "create and start a container with a terminal where the kernel answers TIOCSCTTY with EPERM (seccomp)",
        requirement: "create or start fails; the program never runs without its controlling terminal",
        why: "a shell without a controlling terminal has no job control, cannot be interrupted, and nobody is told why",
        references: &[TERMINALS, manual("TIOCSCTTY(2const)")],
        covers: &["C07"],
        needs: &[Need::Terminal, Need::Interventions],
        caught_by: &[("create, and start where create succeeds", &["acquisition-failure-ignored"])],
        body: |t| {
            let attempt = t.attempt(t.container()?.when(Call::AcquireTerminal).fails_with(Errno::EPERM))?;
            let mut last = attempt.finished.status;
            if last.success() {
                last = attempt.created.lifecycle.call("start", &[])?.status;
            }
            t.holds("create, and start where create succeeds", "one fails", &last, |status| !status.success())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "session/the-runtime-does-not-acquire-the-terminal",
        title: "run a container with a terminal in the foreground, from a terminal that is not the controlling one of its session",
        requirement: "while the relay works the runtime has no controlling terminal",
        why: "whoever opens a slave without O_NOCTTY in such a session acquires it: the container's ^C then reaches the runtime, \
              and the program cannot have its terminal",
        level: Level::Security,
        references: &[manual("open(2), O_NOCTTY"), manual("TIOCGPTPEER(2const)"), LXD_7352],
        covers: &["C20"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("controlling terminal of the runtime", &["runtime-acquires-terminal"])],
        body: |t| {
            let caller = Caller { controlling: false, ..Caller::at_a_terminal() };
            let mut run = t.container()?.foreground(caller)?;
            let _probe = run.attached()?;
            let path = format!("/proc/{}/stat", run.pid());
            let text = std::fs::read_to_string(&path).map_err(|error| Stop::Error(format!("{path}: {error}")))?;
            let terminal = text.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(4));
            t.equal("controlling terminal of the runtime", terminal.map(str::to_owned), Some("0".to_owned()))
        },
    },
    // The argument of TIOCSCTTY is not optional: without one, or with 1, root takes whatever terminal it is.
    Case {
        id: "session/no-terminal-is-stolen",
        title: "start a container with a terminal where the kernel refuses TIOCSCTTY with an argument other than 0 (seccomp)",
        requirement: "the terminal is acquired with the argument 0: the container starts and has its controlling terminal",
        why: "with 1, a runtime that is given the wrong terminal takes it away from whoever works there, unnoticed",
        references: &[manual("TIOCSCTTY(2const)")],
        covers: &["C08"],
        needs: &[Need::Terminal, Need::Interventions],
        caught_by: &[
            ("create of the runtime", &["terminal-stolen"]),
            ("controlling terminal", &["no-controlling-terminal"]),
        ],
        body: |t| {
            let plan = t.container()?.when(Call::StealTerminal).fails_with(Errno::EPERM);
            let mut container = plan.start()?;
            let seen = container.probe.observe()?;
            let terminal = seen.descriptor(0).map(|descriptor| descriptor.status.node);
            t.equal("controlling terminal", Some(seen.process.terminal), terminal)
        },
        ..Case::TERMINAL
    },
];
