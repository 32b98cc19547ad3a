//! The caller's side goes away: its terminal, or one of its streams.

use super::attended::{How, attended, hears_that_nobody_reads};
use crate::prelude::*;
use crate::refused::comes;
use ptyproof_harness::target::Running;
use std::{fs::File, os::fd::OwnedFd};

const HUNG_UP: Case = Case {
    requirement: "the process gets SIGHUP, and the runtime exits with the process's status, 5",
    why: "a terminal window that is closed, or a connection that breaks, ends shells by SIGHUP; a runtime that dies before \
          its process leaves a container that nobody attends, and one that does not tell leaves a program that nobody sees",
    references: &[TERMINALS.at("#foreground"), manual("signal(7)"), manual("setsid(2)")],
    covers: &["C18", "I18"],
    needs: &[Need::Foreground, Need::Attended],
    caught_by: &[
        ("signals of the process", &["hang-up-ends-ptyrun", "signals-not-forwarded"]),
        ("exit status", &["exit-code-lost"]),
    ],
    ..Case::TERMINAL
};

/// With a terminal the kernel hangs it up itself where its master goes.
const HUNG_UP_WITH_IT: &[(&str, &[&str])] = &[("exit status", &["hang-up-ends-ptyrun", "exit-code-lost"])];

pub const CASES: &[Case] = &[
    Case {
        id: "relay/the-callers-terminal-is-closed",
        title: "run a container with a terminal in the foreground, and close the caller's terminal; the process exits with \
                status 5 when it gets SIGHUP",
        caught_by: HUNG_UP_WITH_IT,
        body: |t| is_hung_up(t, How::RUN),
        ..HUNG_UP
    },
    Case {
        id: "relay/the-callers-terminal-is-closed-on-exec",
        title: "exec a process with a terminal in the foreground, and close the caller's terminal; the process exits with \
                status 5 when it gets SIGHUP",
        needs: &[Need::Foreground, Need::Exec],
        caught_by: HUNG_UP_WITH_IT,
        body: |t| is_hung_up(t, How::EXEC),
        ..HUNG_UP
    },
    Case {
        id: "relay/the-callers-terminal-is-closed-without-terminal",
        title: "run a container without a terminal in the foreground, and close the caller's terminal; the process exits \
                with status 5 when it gets SIGHUP",
        body: |t| is_hung_up(t, How::RUN.without_terminal()),
        ..HUNG_UP
    },
    Case {
        id: "relay/the-callers-terminal-is-closed-on-exec-without-terminal",
        title: "exec a process without a terminal in the foreground, and close the caller's terminal; the process exits \
                with status 5 when it gets SIGHUP",
        needs: &[Need::Foreground, Need::Exec],
        body: |t| is_hung_up(t, How::EXEC.without_terminal()),
        ..HUNG_UP
    },
    Case {
        id: "relay/nobody-reads-the-output",
        title: "run a container with a terminal in the foreground whose runtime's standard output is a pipe; close the \
                pipe's other end, and write in the container",
        requirement: "the process gets SIGHUP, or is ended, and the runtime ends",
        why: "`runtime run ... | head` would leave a container that fills its terminal and then stands still for ever",
        references: &[TERMINALS.at("#foreground"), manual("pipe(7)")],
        covers: &["I15"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("signals of the process", &["broken-output-ignored"])],
        body: |t| {
            attended(t, How::RUN.from(into_a_pipe), |mut run, mut probe| {
                probe.catch(&[Signal::HUP])?;
                run.streams.stdout.close()?;
                hears_that_nobody_reads(t, &mut probe)?;
                run.returns()?;
                Ok(())
            })
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/standard-input-ends-before-the-output",
        title: "run a container with a terminal in the foreground whose runtime has pipes for 0, 1 and 2; close the pipe at \
                standard input, then write 256 KiB in the container and exit with status 5",
        requirement: "all output comes on standard output, and the runtime exits with status 5",
        why: "`echo command | runtime run ...` is how scripts use a container; its answer comes after the input has ended",
        references: &[
            TERMINALS,
            issue("containerd issue 4107", "https://github.com/containerd/containerd/issues/4107"),
        ],
        covers: &["I09"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("the return of run", &["relay-ends-with-input"]), ("exit status", &["exit-code-lost"])],
        body: |t| {
            const COUNT: usize = 256 * 1024;
            let caller = Caller::at_a_terminal().stdin(CallerStream::Pipe).stdout(CallerStream::Pipe);
            let mut run = t.container()?.foreground(caller)?;
            let mut probe = run.probe()?;
            drop(run.streams.stdin.take());
            let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: COUNT };
            let _ = probe.begin(step::InTurn(vec![write.into()], step::End { ending: Ending::Exit(5) }))?;
            let returned = run.returns()?;
            t.equal_bytes("standard output", &returned.stdout, &Bytes::pattern(Lines::Unbroken, COUNT).0)?;
            t.equal("exit status", returned.finished.status.code(), Some(5))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-message-that-nobody-takes",
        title: "call verbs for a container that does not exist, with a full device or a broken pipe as standard error",
        requirement: "the runtime exits with a status other than 0; at the broken pipe it may die of SIGPIPE",
        why: "callers tell a runtime that failed from one that crashed: an abort is reported as a bug, dumps core, and skips \
              what the runtime would have cleaned up",
        references: &[manual("full(4)"), manual("pipe(7)")],
        covers: &["I14"],
        needs: &[],
        caught_by: &[("state with a full device", &["message-aborts"])],
        body: |t| {
            t.makes_containers()?;
            for verb in ["state", "start", "kill", "delete"] {
                for (sink, stderr) in sinks()? {
                    let mut command = t.bench().command(verb)?;
                    command
                        .arg("no-such-container")
                        .stdout(File::create("/dev/null").map_err(at("/dev/null"))?)
                        .stderr(stderr);
                    let finished = Running::start_with_streams(command)?.finish(t.patience())?;
                    let piped = sink == "a broken pipe" && finished.describe().starts_with("killed by SIGPIPE");
                    let failed = finished.status.code().is_some_and(|code| code != 0);
                    let expected = "an exit status other than 0";
                    t.holds(&format!("{verb} with {sink}"), expected, &finished.describe(), |_| failed || piped)?;
                }
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
];

fn into_a_pipe() -> Caller {
    Caller::at_a_terminal().stdout(CallerStream::Pipe)
}

fn is_hung_up(t: &Trial, how: How) -> Judgement {
    attended(t, how, |run, mut probe| {
        probe.catch(&[Signal::HUP])?;
        let runtime = run.leave();
        t.equal("signals of the process", probe.next_signals()?, vec![Signal::HUP])?;
        probe.end(Ending::Exit(5))?;
        let finished = comes("the return of the runtime", runtime.finish(t.patience()).map_err(Stop::from))?;
        t.holds("exit status", "exit status 5", &finished.describe(), |_| finished.status.code() == Some(5))
    })
}

/// Standard errors that take nothing, by their names.
fn sinks() -> Result<[(&'static str, OwnedFd); 2], Stop> {
    let full = File::options().write(true).open("/dev/full").map_err(at("/dev/full"))?;
    let (reader, writer) = std::io::pipe().map_err(at("a pipe"))?;
    drop(reader);
    Ok([("a full device", full.into()), ("a broken pipe", writer.into())])
}

fn at(what: &str) -> impl Fn(std::io::Error) -> Stop {
    move |error| Stop::Error(format!("opening {what}: {error}"))
}
