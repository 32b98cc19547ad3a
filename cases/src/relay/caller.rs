//! The settings of the caller's terminal: raw while the container runs, and afterwards as before.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "relay/newlines-are-translated-once",
        title: "in a container in the foreground, write two lines, then type a line",
        requirement: "each newline reaches the caller's terminal as one carriage return and one newline, and what is \
                      typed comes back once",
        why: "translation by both terminals gives lines with two carriage returns, by none a staircase",
        level: Level::Convention,
        references: &[TERMINALS, POSIX_TERMINALS, RUNC_TTY, CRUN_TERMINAL],
        covers: &["H04", "H15"],
        needs: &[Need::Foreground],
        caught_by: &[("bytes on the terminal", &["relay-output-translated", "onlcr-cleared"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.write(1, b"one\ntwo\n")?;
            run.outer.receives("one\r\ntwo\r\n")?;
            run.outer.types("typed\r")?;
            run.outer.receives("typed\r\n")?;
            t.equal_bytes("what the process reads", &probe.read(0)?, b"typed\n")?;
            probe.write(1, b"[nothing before this]")?;
            Ok(run.outer.receives("[nothing before this]")?)
        },
    },
    Case {
        id: "relay/output-of-a-raw-program-is-not-translated",
        title: "in a container in the foreground, turn output processing off and write newlines and carriage returns",
        requirement: "the caller's terminal gets exactly these bytes",
        why: "full-screen programs move the cursor with single newlines; a carriage return that is added lands them in \
              the wrong column, and binary output is damaged",
        level: Level::Convention,
        references: &[POSIX_TERMINALS, RUNC_TTY, CRUN_TERMINAL],
        covers: &["H15"],
        needs: &[Need::Foreground],
        caught_by: &[("bytes on the terminal", &["relay-output-translated"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.change_termios(0, TermiosFacts::without_output_processing)?;
            probe.write(1, b"down\nback\rboth\r\nend")?;
            Ok(run.outer.receives("down\nback\rboth\r\nend")?)
        },
    },
    Case {
        id: "relay/the-callers-settings-are-restored-at-the-end",
        title: "run a container in the foreground until its process exits",
        requirement: "all settings of the caller's terminal are afterwards what they were before",
        why: WHY_RESTORED,
        level: Level::Convention,
        references: &[TERMINALS, manual("termios(3)")],
        covers: &["H16"],
        needs: &[Need::Foreground],
        caught_by: &[("settings of the caller's terminal", &["relay-leaves-raw"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal("settings of the caller's terminal", returned.after.termios, returned.before.termios)
        },
    },
    Case {
        id: "relay/the-callers-settings-are-restored-after-a-failed-start",
        title: "run a container in the foreground whose program does not exist",
        requirement: "the runtime fails, and all settings of the caller's terminal are what they were before",
        why: WHY_RESTORED,
        level: Level::Convention,
        references: &[TERMINALS, manual("termios(3)")],
        covers: &["H16"],
        needs: &[Need::Foreground],
        caught_by: &[("settings of the caller's terminal", &["raw-before-start"])],
        body: |t| {
            t.makes_containers()?;
            let plan = t.container()?.arguments(&["/no-such-program"]);
            let returned = plan.foreground(Caller::at_a_terminal())?.returns()?;
            let code = returned.finished.status.code();
            t.holds("exit status", "one that is not 0", &code, |code| code.is_some_and(|code| code != 0))?;
            t.equal("settings of the caller's terminal", returned.after.termios, returned.before.termios)
        },
    },
    Case {
        id: "relay/the-callers-settings-are-restored-after-sigterm",
        title: "send SIGTERM to a runtime in the foreground; the container's process exits when it gets it",
        requirement: "the signal is forwarded, the runtime ends, and all settings of the caller's terminal are what they \
                      were before",
        why: WHY_RESTORED,
        level: Level::Convention,
        references: &[
            TERMINALS,
            manual("termios(3)"),
            issue("docker/cli issue 6058", "https://github.com/docker/cli/issues/6058"),
        ],
        covers: &["H16", "I18"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[
            ("settings of the caller's terminal", &["relay-leaves-raw"]),
            ("signals of the container's process", &["signals-not-forwarded"]),
        ],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.catch(&[Signal::TERM])?;
            run.signal(Signal::TERM)?;
            t.equal("signals of the container's process", probe.next_signals()?, vec![Signal::TERM])?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal("exit status", returned.finished.status.code(), Some(0))?;
            t.equal("settings of the caller's terminal", returned.after.termios, returned.before.termios)
        },
    },
];

const WHY_RESTORED: &str = "a terminal that stays raw echoes nothing, breaks lines wrongly and ignores ^C, until its \
                            user types reset blindly";
