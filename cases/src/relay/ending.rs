//! How the container ends is how the runtime ends.

use super::attended::without_slave;
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "relay/the-exit-status-is-kept",
        title: "run a container in the foreground whose process exits with status 42",
        requirement: "the runtime exits with status 42",
        why: "scripts, build tools and engines decide by the exit status",
        level: Level::Convention,
        references: &[TERMINALS, SPEC_RUNTIME.at("#lifecycle")],
        covers: &["I04"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("exit status", &["exit-code-lost"])],
        body: |t| {
            let run = t.container()?.performing(&[step::End { ending: Ending::Exit(42) }.into()]);
            t.equal("exit status", run.foreground(Caller::at_a_terminal())?.returns()?.finished.status.code(), Some(42))
        },
    },
    Case {
        id: "relay/death-by-sigkill-is-status-137",
        title: "kill the process of a container in the foreground with SIGKILL, through the runtime's kill",
        requirement: "the runtime in the foreground exits with status 137, 128 more than the signal",
        why: "137 is how everybody recognises a process that ran out of memory or was killed",
        level: Level::Convention,
        references: &[TERMINALS, manual("signal(7)")],
        covers: &["I04"],
        needs: &[Need::Foreground],
        caught_by: &[("exit status", &["exit-code-lost", "signal-exit-plain"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let _probe = run.attached()?;
            run.container()?.kill("KILL")?;
            t.equal("exit status", run.returns()?.finished.status.code(), Some(137))
        },
    },
    Case {
        id: "relay/death-by-a-signal-is-status-128-and-more",
        title: "exec a process in the foreground that dies by SIGTERM, and one that dies by SIGINT",
        requirement: "the runtime exits with status 143, and with status 130",
        why: "shells report it in this way, and scripts tell an interrupted command from a failed one by it",
        level: Level::Convention,
        references: &[TERMINALS, manual("signal(7)")],
        covers: &["I04"],
        needs: &[Need::Terminal, Need::Foreground, Need::Exec],
        caught_by: &[("exit status after SIGTERM", &["exit-code-lost", "signal-exit-plain"])],
        body: |t| {
            let container = t.container()?.start()?;
            for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
                let steps = [step::End { ending: Ending::Signal(signal) }.into()];
                let returned = container.exec()?.performing(&steps).foreground(Caller::at_a_terminal())?.returns()?;
                t.equal(&format!("exit status after {signal}"), returned.finished.status.code(), Some(status))?;
            }
            Ok(())
        },
    },
    Case {
        id: "relay/a-hang-up-of-the-terminal-is-a-clean-end",
        title: "in a container in the foreground, close every descriptor of the terminal, then exit with status 7",
        requirement: "the runtime waits for the process, exits with status 7, and prints nothing of its own",
        why: "reading a master without a slave gives EIO, which is no error but the way a pty says that it is over",
        level: Level::Kernel,
        references: &[
            manual("pty(7)"),
            issue("kata-containers issue 7903", "https://github.com/kata-containers/kata-containers/issues/7903"),
        ],
        covers: &["I05"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("output after the last words", &["eio-is-an-error"]), ("exit status", &["exit-code-lost"])],
        body: |t| {
            let (run, mut probe) = without_slave(t)?;
            probe.end(Ending::Exit(7))?;
            let returned = run.returns()?;
            t.equal_bytes("output after the last words", &returned.output, b"")?;
            t.equal("exit status", returned.finished.status.code(), Some(7))
        },
    },
    Case {
        id: "relay/a-background-child-does-not-delay-the-return",
        title: "exec a process in the foreground that forks a child into a session of its own, which keeps the \
                terminal open, and exits with status 5",
        requirement: "the runtime returns with status 5 although the child lives and has the terminal",
        why: "a command that starts a daemon would hang its caller for ever",
        level: Level::Convention,
        references: &[
            TERMINALS,
            issue("kata-containers issue 4747", "https://github.com/kata-containers/kata-containers/issues/4747"),
        ],
        covers: &["I11"],
        needs: &[Need::Terminal, Need::Foreground, Need::Exec, Need::Relay],
        caught_by: &[("the return of exec", &["waits-for-background-child"])],
        body: |t| {
            let container = t.container()?.start()?;
            let mut run = container.exec()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.probe()?;
            let mut child = container.fork_from(&mut probe, ChildGroup::OwnSession)?;
            probe.end(Ending::Exit(5))?;
            let returned = run.returns()?;
            t.equal("exit status", returned.finished.status.code(), Some(5))?;
            t.equal("owner of /, asked of the child", child.stat("/")?.user, 0)
        },
    },
];
