//! The size of the caller's terminal, which a runtime in the foreground copies.

use crate::prelude::*;
use crate::relay::writes_beyond_one;
use ptyproof_harness::terminal::{Pair, set_size};

pub const CASES: &[Case] = &[
    Case {
        id: "size/the-callers-size-is-copied",
        title: "run a container in the foreground from a terminal of 35 rows, 118 columns, without process.consoleSize",
        requirement: "the container's window gets 35 rows and 118 columns without anybody resizing anything",
        why: "a shell in a window of unknown size wraps its lines at the wrong column and editors draw a corner of the \
              screen, until the user happens to resize the window",
        level: Level::Convention,
        references: &[TERMINALS, manual("TIOCGWINSZ(2const)")],
        covers: &["G06", "G19"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[(
            "size seen by the process",
            &["caller-size-ignored", "console-size-ignored", "console-size-swapped"],
        )],
        body: |t| {
            let caller = Caller::at_a_terminal().sized(AT_THE_START);
            let mut run = t.container()?.foreground(caller)?;
            let mut probe = run.probe()?;
            probe.catch(&[Signal::WINCH])?;
            // The size may come with a signal, later than the first look.
            while probe.size(0)? != AT_THE_START && !probe.next_signals()?.is_empty() {}
            t.equal("size seen by the process", probe.size(0)?, AT_THE_START)
        },
    },
    Case {
        id: "size/a-resize-of-the-callers-terminal-is-forwarded",
        title: "resize the caller's terminal to 41 rows and 96 columns while a container runs in the foreground",
        requirement: "the container's window becomes 41 rows and 96 columns, and its process gets SIGWINCH",
        why: "without it, every program in the container keeps drawing for the old size of the window",
        level: Level::Convention,
        references: &[TERMINALS, manual("TIOCSWINSZ(2const)"), manual("signal(7)")],
        covers: &["G12", "G19"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("signals that the process gets", &["no-sigwinch"])],
        body: |t| {
            let caller = Caller::at_a_terminal().sized(AT_THE_START);
            let mut run = t.container()?.foreground(caller)?;
            let mut probe = run.attached()?;
            probe.catch(&[Signal::WINCH])?;
            run.outer.resize(LATER)?;
            t.equal("signals that the process gets", probe.next_signals()?, vec![Signal::WINCH])?;
            // A first size that comes late sends a signal of its own.
            while probe.size(0)? != LATER && !probe.next_signals()?.is_empty() {}
            t.equal("size seen by the process", probe.size(0)?, LATER)
        },
    },
    Case {
        id: "size/a-resize-after-the-end-does-no-harm",
        title: "let a process in the foreground write more than the caller's terminal holds and exit with status 5; resize \
                that terminal twice before reading",
        requirement: "the runtime exits with status 5",
        why: "people drag windows while a command ends; that what is gone cannot be resized must not count as a failure, nor \
              keep the runtime waiting",
        level: Level::Convention,
        references: &[
            issue("containerd issue 840", "https://github.com/containerd/containerd/issues/840"),
            manual("signal(7), SIGWINCH"),
        ],
        covers: &["G17"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("exit status", &["resize-ends-ptyrun", "exit-code-lost"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            let mut probe = run.attached()?;
            writes_beyond_one(&run, &mut probe)?;
            probe.end_and_wait(Ending::Exit(5))?;
            run.outer.resize(LATER)?;
            run.outer.resize(AT_THE_START)?;
            let returned = run.returns()?;
            t.equal("exit status", returned.finished.status.code(), Some(5))
        },
    },
    Case {
        id: "size/a-detached-exec-has-nobodys-size",
        title: "exec --detach with a terminal and without a size from a caller whose standard input is a terminal of 35 x 118",
        requirement: "the size is unknown, 0 x 0, or the caller's; which one is reported",
        why: "the terminal of a detached process is somebody else's window, of which the caller's terminal says nothing",
        level: Level::Info,
        references: &[CRUN_TERMINAL],
        covers: &["G08"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[],
        body: |t| {
            let harness = |errno: Errno| Stop::Error(format!("a terminal of the harness's own: {errno}"));
            let pair = Pair::open().map_err(harness)?;
            set_size(&pair.master, AT_THE_START).map_err(harness)?;
            let c = t.container()?.start()?;
            let mut exec = c.exec()?.stream(0, pair.slave.duplicate().map_err(harness)?).start()?;
            let known = [("unknown", Size::default()), ("the caller's", AT_THE_START)];
            t.shows("size of the terminal of exec", exec.probe.size(0)?, &known)
        },
    },
];

const AT_THE_START: Size = Size::new(35, 118);
const LATER: Size = Size::new(41, 96);
