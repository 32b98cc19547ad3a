//! Signals that are sent to a runtime in the foreground are meant for the container's process.

use super::attended::{How, attended};
use crate::prelude::*;
use nix::libc;

/// What people, shells and service managers send. 37 is a real-time signal that nobody keeps for himself.
const SENT: &[i32] = &[
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGTERM,
    libc::SIGCONT,
    37,
];

/// What else can be caught, but for what a process does to itself; 32 and 33 are kept by C libraries for themselves.
const FURTHER: &[i32] = &[
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGSTKFLT,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGXCPU,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSYS,
    32,
    33,
    64,
];

const PASSED_ON: Case = Case {
    requirement: "the process gets each of them, SIGWINCH disturbs nobody, and the runtime ends as the process does; the \
                  settings of the caller's terminal are then as before",
    why: "service managers, schedulers and scripts signal the process that they started, which is the runtime: a signal \
          that it keeps, or dies of, leaves the program unstopped or the container without anybody who attends it",
    references: &[TERMINALS, RUNC_SIGNALS, CRUN_SIGNALS, manual("signal(7)")],
    needs: &[Need::Foreground, Need::Attended],
    ..Case::TERMINAL
};

const WITH_EXEC: Case = Case { needs: &[Need::Foreground, Need::Exec], ..PASSED_ON };

const FURTHER_LOST: &[(&str, &[&str])] = &[("what comes of SIGTRAP", &["other-signals-kill"])];

const LOST: &[(&str, &[&str])] = &[
    ("what comes of SIGHUP", &["signals-not-forwarded"]),
    ("what comes of SIGINT", &["interrupt-not-forwarded"]),
    ("what comes of signal 37", &["other-signals-kill"]),
    ("what comes of SIGWINCH and SIGUSR1", &["resize-ends-ptyrun"]),
    ("exit status", &["exit-code-lost"]),
];

pub const CASES: &[Case] = &[
    Case {
        id: "relay/signals-reach-the-process",
        title: "run a container with a terminal in the foreground, and send the runtime the signals of everyday use",
        covers: &["I18", "H16"],
        caught_by: &[
            ("what comes of SIGHUP", &["signals-not-forwarded"]),
            ("what comes of SIGINT", &["interrupt-not-forwarded"]),
            ("what comes of signal 37", &["other-signals-kill"]),
            ("what comes of SIGWINCH and SIGUSR1", &["resize-ends-ptyrun"]),
            ("exit status", &["exit-code-lost"]),
            ("settings of the caller's terminal", &["relay-leaves-raw"]),
        ],
        body: |t| are_passed_on(t, How::RUN, SENT),
        ..PASSED_ON
    },
    Case {
        id: "relay/signals-reach-the-process-without-terminal",
        title: "run a container without a terminal in the foreground, and send the runtime the signals of everyday use",
        covers: &["I18", "G13"],
        caught_by: LOST,
        body: |t| are_passed_on(t, How::RUN.without_terminal(), SENT),
        ..PASSED_ON
    },
    Case {
        id: "relay/signals-reach-the-process-of-exec",
        title: "exec a process with a terminal in the foreground, and send the runtime the signals of everyday use",
        covers: &["I18"],
        caught_by: LOST,
        body: |t| are_passed_on(t, How::EXEC, SENT),
        ..WITH_EXEC
    },
    Case {
        id: "relay/signals-reach-the-process-of-exec-without-terminal",
        title: "exec a process without a terminal in the foreground, and send the runtime the signals of everyday use",
        covers: &["I18", "G13"],
        caught_by: LOST,
        body: |t| are_passed_on(t, How::EXEC.without_terminal(), SENT),
        ..WITH_EXEC
    },
    Case {
        id: "relay/every-signal-reaches-the-process",
        title: "run a container with a terminal in the foreground, and send the runtime whatever else can be caught",
        covers: &["I18"],
        caught_by: FURTHER_LOST,
        body: |t| are_passed_on(t, How::RUN, FURTHER),
        ..PASSED_ON
    },
    Case {
        id: "relay/every-signal-reaches-the-process-without-terminal",
        title: "run a container without a terminal in the foreground, and send the runtime whatever else can be caught",
        covers: &["I18"],
        caught_by: FURTHER_LOST,
        body: |t| are_passed_on(t, How::RUN.without_terminal(), FURTHER),
        ..PASSED_ON
    },
    Case {
        id: "relay/every-signal-reaches-the-process-of-exec",
        title: "exec a process in the foreground, with a terminal and without, and send the runtime whatever else can be \
                caught",
        covers: &["I18"],
        caught_by: &[(Stop::ANSWER, &["other-signals-kill"])],
        body: |t| {
            are_passed_on(t, How::EXEC, FURTHER)?;
            are_passed_on(t, How::EXEC.without_terminal(), FURTHER)
        },
        ..WITH_EXEC
    },
    Case {
        id: "relay/death-by-a-signal-that-was-passed-on",
        title: "exec a process in the foreground, with a terminal and without, that handles no signal, and send the \
                runtime one; again for each of several",
        requirement: "the process dies of it, and the runtime exits with status 128 and the signal's number; the settings \
                      of the caller's terminal are then as before",
        covers: &["I04", "I18"],
        caught_by: &[
            ("exit status after SIGHUP", &["signal-exit-plain", "exit-code-lost"]),
            ("exit status after signal 37", &["other-signals-kill"]),
            ("settings of the caller's terminal after SIGHUP", &["relay-leaves-raw"]),
        ],
        body: |t| {
            let container = t.container()?.without_terminal().start()?;
            for number in [libc::SIGHUP, libc::SIGINT, libc::SIGUSR1, libc::SIGALRM, libc::SIGTERM, 37] {
                for how in [How::EXEC, How::EXEC.without_terminal()] {
                    let (run, _probe) = how.exec_in(&container)?;
                    run.signal(Signal(number))?;
                    let returned = run.returns()?;
                    let after = |what: &str| format!("{what} after {}", Signal(number));
                    t.equal(&after("exit status"), returned.finished.status.code(), Some(128 + number))?;
                    let what = after("settings of the caller's terminal");
                    t.equal(&what, returned.after.termios, returned.before.termios)?;
                }
            }
            Ok(())
        },
        ..WITH_EXEC
    },
];

/// The signals that come next. SIGWINCH may be among them and need not: a first size may be late, and one that is the same is
/// no change.
fn come(probe: &mut Probe) -> Result<Vec<Signal>, Stop> {
    loop {
        let mut signals = probe.next_signals()?;
        let none = signals.is_empty();
        signals.retain(|signal| *signal != Signal::WINCH);
        if none || !signals.is_empty() {
            return Ok(signals);
        }
    }
}

fn are_passed_on(t: &Trial, how: How, signals: &[i32]) -> Judgement {
    attended(t, how, |run, mut probe| {
        let signals: Vec<Signal> = signals.iter().copied().map(Signal).collect();
        probe.catch(&[&signals[..], &[Signal::WINCH, Signal::USR1]].concat())?;
        for signal in signals {
            run.signal(signal)?;
            t.equal(&format!("what comes of {signal}"), come(&mut probe)?, vec![signal])?;
        }
        run.signal(Signal::WINCH)?;
        run.signal(Signal::USR1)?;
        t.equal("what comes of SIGWINCH and SIGUSR1", come(&mut probe)?, vec![Signal::USR1])?;
        probe.end(Ending::Exit(5))?;
        let returned = run.returns()?;
        t.equal("exit status", returned.finished.status.code(), Some(5))?;
        t.equal("settings of the caller's terminal", returned.after.termios, returned.before.termios)
    })
}
