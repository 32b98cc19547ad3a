//! Where a runtime in the foreground may find itself: in the background, before a file, or a reader that does not read.

use super::attended::without_slave;
use crate::prelude::*;
use std::{fs, time::Duration};

pub const CASES: &[Case] = &[
    Case {
        id: "relay/in-the-background",
        title: "run a container with a terminal as a background job of the caller's terminal; its process writes, and exits \
                with status 3",
        requirement: "the runtime is not stopped and does not hang: the output comes, and it exits with status 3",
        why: "`runtime run ... &` in a script would stop in silence, by SIGTTOU, as soon as it touches the terminal",
        references: &[
            issue("runc issue 3334", "https://github.com/opencontainers/runc/issues/3334"),
            manual("credentials(7)"),
        ],
        covers: &["I19"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("exit status", &["terminal-touched-in-background"])],
        body: |t| {
            let shown = in_background(t, b"")?;
            t.equal_bytes("output on the caller's terminal", &shown, b"out")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/typed-while-in-the-background",
        title: "type a line on a terminal, and run a container with a terminal as a background job there; its process writes, \
                and exits with status 3",
        requirement: "the runtime is not stopped: it leaves the line to the shell, the output comes, and it exits with status 3",
        why: "whoever types the next command while a job runs would stop the job, by SIGTTIN",
        references: &[manual("credentials(7)")],
        covers: &["I19"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("exit status", &["terminal-touched-in-background"])],
        body: |t| {
            let shown = in_background(t, b"for the shell\n")?;
            t.equal_bytes("what the caller's terminal shows", &shown, b"for the shell\r\nout")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-background-job-brought-to-the-foreground",
        title: "run a container with a terminal as a background job of the caller's terminal; when output has come, bring the job \
                to the foreground, and press a key",
        requirement: "until then the terminal is as the shell has it; then it is raw, and the process reads the key; when the \
                      runtime has returned, the terminal is as before",
        why: "after fg a terminal that is not raw shows each key twice, and ^C ends the runtime and not the program",
        references: &[TERMINALS, manual("credentials(7)"), manual("dash(1), fg")],
        covers: &["I19"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("bytes on the terminal", &["foreground-not-noticed"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal().in_background())?;
            let mut probe = run.probe()?;
            probe.write(1, b"out")?;
            run.outer.receives("out")?;
            t.equal("settings in the background", run.look()?.termios, run.before.termios)?;
            run.to_the_foreground()?;
            run.relays(&mut probe)?;
            let before = run.before.termios;
            probe.end(Ending::Exit(3))?;
            let returned = run.returns()?;
            t.equal("settings afterwards", returned.after.termios, before)?;
            t.equal("exit status", returned.finished.status.code(), Some(3))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/output-to-a-file",
        title: "run a container with a terminal in the foreground whose runtime's standard output is a regular file",
        requirement: "the file has what the process wrote, between what the caller wrote before and after, and the runtime exits \
                      with the process's status, 3",
        why: "`runtime run ... > file` is how output is kept; a file cannot be waited for with epoll, which says EPERM",
        references: &[TERMINALS, manual("epoll_ctl(2), EPERM")],
        covers: &["I14"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("the file", &["relay-merges-to-stderr"]), ("exit status", &["exit-code-lost"])],
        body: |t| {
            let caller = Caller::at_a_terminal().stdout(CallerStream::File);
            let returned = t.container()?.performing(&says(Ending::Exit(3))).foreground(caller)?.returns()?;
            t.equal_bytes("the file", &returned.stdout, b"before\noutafter\n")?;
            t.equal("exit status", returned.finished.status.code(), Some(3))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-reader-that-stalls",
        title: "run a container in the foreground that writes 1 MiB and exits with status 5, and read nothing until the \
                runtime has answered two other calls",
        requirement: "every byte comes, in order, and the runtime exits with status 5",
        why: "people scroll back, and pagers wait for a key: nothing of what comes then may be lost, or stand still for ever",
        references: &[TERMINALS, issue("crun pull request 1623", "https://github.com/containers/crun/pull/1623")],
        covers: &["I10"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[
            ("output on the caller's terminal", &["relay-loses-a-byte", "relay-drops-what-does-not-fit"]),
            ("exit status", &["exit-code-lost"]),
        ],
        body: |t| {
            const COUNT: usize = 1 << 20;
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: COUNT };
            let _ = probe.begin(step::InTurn(vec![write.into()], step::End { ending: Ending::Exit(5) }))?;
            if let Some(lifecycle) = &run.lifecycle {
                for _ in 0..2 {
                    // Some say created until the one who has started it has put everything away.
                    let status = lifecycle.status()?;
                    t.holds("status meanwhile", "created or running", &status, |s| *s == "created" || *s == "running")?;
                }
            }
            let returned = run.returns()?;
            let expected = Bytes::pattern(Lines::Unbroken, COUNT).0;
            t.equal_bytes("output on the caller's terminal", &returned.output, &expected)?;
            t.equal("exit status", returned.finished.status.code(), Some(5))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/idle-after-a-hang-up",
        title: "in a container in the foreground, close every descriptor of the terminal, and do nothing for tenths of a \
                second, ten at most",
        requirement: "in one of them the runtime neither runs nor waits for a processor for half of the time",
        why: "a master without a slave is always ready to be read: a relay that polls it again and again keeps a processor \
              busy for as long as the container lives",
        references: &[
            manual("poll(2), POLLHUP"),
            issue("crun issue 1717", "https://github.com/containers/crun/issues/1717"),
        ],
        covers: &["I12"],
        needs: &[Need::Foreground],
        caught_by: &[("half of the time is more than the runtime ran", &["relay-spins"])],
        body: |t| {
            let (run, mut probe) = without_slave(t)?;
            // What was begun may end late on a busy machine; what spins never ends.
            let mut is_idle = false;
            for _ in 0..10 {
                let before = active(run.pid())?;
                let time = probe.timed(step::TakeSignals { milliseconds: 100 })?.took();
                is_idle = active(run.pid())?.saturating_sub(before) < time / 2;
                if is_idle {
                    break;
                }
            }
            t.equal("half of the time is more than the runtime ran", is_idle, true)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/master-closed-before-start",
        title: "create a container, close the master that came over the console socket, and start the container",
        requirement: "start fails, or the process finds its terminal hung up: reading gives end of file, and writing EIO",
        why: "an engine that died between the two calls must not leave a process that waits for keys that nobody can type",
        references: &[TERMINALS.at("#detached-new-terminal"), manual("pty(7)")],
        covers: &["M08"],
        needs: &[Need::Terminal],
        caught_by: &[(Stop::ANSWER, &["master-leaked"])],
        body: |t| {
            let mut created = t.container()?.create()?;
            drop(created.take_terminal()?);
            let mut container = match created.start_with(None) {
                // The hang-up may have ended it already.
                Err(
                    ContainerError::Status { .. }
                    | ContainerError::Ended { .. }
                    | ContainerError::Probe(ProbeError::NotConnected { .. }),
                ) => return Ok(()),
                started => started?,
            };
            t.equal_bytes("read of a terminal that is hung up", &container.probe.read(0)?, b"")?;
            let eio = Errno(nix::libc::EIO);
            t.equal("write to a terminal that is hung up", container.probe.try_write_all(1, b"x")?, Err(eio))
        },
        ..Case::TERMINAL
    },
];

/// Runs a container as a background job of a terminal at which this was typed before, to its exit with status 3: what the
/// terminal shows.
fn in_background(t: &Trial, typed: &'static [u8]) -> Result<Vec<u8>, Stop> {
    let caller = Caller::at_a_terminal().in_background().typing_ahead(typed);
    let returned = t.container()?.performing(&says(Ending::Exit(3))).foreground(caller)?.returns()?;
    t.equal("exit status", returned.finished.status.code(), Some(3))?;
    Ok(returned.output)
}

/// The process writes, and stays a moment: what becomes of output that a runtime meets together with the end is the matter of
/// other cases, and a race in some runtimes.
fn says(ending: Ending) -> [step::Request; 3] {
    [
        step::Write { descriptor: 1, bytes: Bytes(b"out".to_vec()) }.into(),
        step::TakeSignals { milliseconds: 200 }.into(),
        step::End { ending }.into(),
    ]
}

/// How long the threads of a process have run, or waited for a processor. proc_pid_schedstat(5)
fn active(pid: i32) -> Result<Duration, Stop> {
    let failed = |error| Stop::Error(format!("looking at the threads of the runtime: {error}"));
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task")).map_err(failed)? {
        let text = fs::read_to_string(thread.map_err(failed)?.path().join("schedstat")).map_err(failed)?;
        nanoseconds += text.split_whitespace().take(2).filter_map(|number| number.parse::<u64>().ok()).sum::<u64>();
    }
    Ok(Duration::from_nanos(nanoseconds))
}
