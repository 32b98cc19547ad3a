//! People at the terminal of a runtime in the foreground: a shell, a window that is dragged, a long paste, programs that switch
//! to raw mode and back.

use crate::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

pub const CASES: &[Case] = &[
    Case {
        id: "relay/a-shell-with-job-control",
        title: "run dash, where the machine has it, in the foreground; start cat, stop it by ^Z, continue it by fg, end it by \
                ^C; start tail, stop it by ^Z, continue it by bg, list the jobs, and leave the shell with status 7",
        requirement: "on the terminal is exactly what is there without a container, and the runtime exits with status 7",
        why: "this is what people do in a container all day; where a link of the chain is missing the shell says that it \
              cannot access the terminal, or ^Z ends everything",
        references: &[POSIX_TERMINALS, manual("dash(1)"), manual("credentials(7)")],
        covers: &["C06", "C13", "C14"],
        needs: &[Need::Foreground],
        caught_by: &[
            ("bytes on the terminal", &["no-controlling-terminal", "isig-off"]),
            ("exit status", &["exit-code-lost"]),
        ],
        body: |t| {
            const DASH: &str = "/usr/bin/dash";
            if !Path::new(DASH).exists() {
                return Err(Stop::Skip(format!("there is no {DASH}: session/suspended-job-resumes does without")));
            }
            let plan = t.container()?.configured(|config| {
                with_programs_of_the_machine(config);
                config["process"]["args"] = json!([DASH, "-i"]);
                config["process"]["env"] = json!(["PATH=/usr/bin:/bin", "PS1=$ "]);
            });
            let mut run = plan.foreground(Caller::at_a_terminal())?;
            let outer = &mut run.outer;
            outer.receives("$ ")?;
            for (typed, shown) in DIALOGUE {
                outer.types(typed)?;
                outer.receives(shown)?;
            }
            let returned = run.returns()?;
            t.equal("exit status", returned.finished.status.code(), Some(7))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-storm-of-resizes",
        title: "resize the caller's terminal 500 times in a row while a container runs in the foreground, then type a line",
        requirement: "the container's window has the last of these sizes in the end, and the line is read",
        why: "whoever drags a window sends a size with every step; the one that counts is the last, and it is the one that is \
              lost where a runtime is busy with the one before",
        references: &[TERMINALS, manual("TIOCSWINSZ(2const)"), manual("signal(7)")],
        covers: &["G12"],
        needs: &[Need::Foreground],
        caught_by: &[("size seen by the process", &["no-sigwinch"])],
        body: |t| {
            const LAST: Size = Size::new(520, 1040);
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.catch(&[Signal::WINCH])?;
            for rows in 21..=LAST.rows {
                run.outer.resize(Size::new(rows, 2 * rows))?;
            }
            // Signals that come while one is pending are one.
            while probe.size(0)? != LAST && !probe.next_signals()?.is_empty() {}
            t.equal("size seen by the process", probe.size(0)?, LAST)?;
            run.outer.types("line\r")?;
            run.outer.receives("line\r\n")?;
            t.equal_bytes("what the process reads", &probe.read(0)?, b"line\n")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-mebibyte-each-way",
        title: "paste 1 MiB while the container's process writes 1 MiB, by turns with reading, and read only when no more can be \
                typed",
        requirement: "all of it passes both ways",
        why: "an editor redraws while a long text is pasted into it; whatever waits for the other direction waits for ever",
        references: &[TERMINALS, issue("crun pull request 1623", "https://github.com/containers/crun/pull/1623")],
        covers: &["I17"],
        needs: &[Need::Foreground],
        caught_by: &[("bytes on the terminal", &["relay-loses-a-byte"])],
        body: |t| {
            const PIECE: usize = 16 * 1024;
            const PIECES: usize = 64;
            let typed = Bytes::pattern(Lines::Unbroken, PIECES * PIECE).0;
            let written = Bytes::pattern(Lines::Unbroken, PIECE).0.repeat(PIECES);
            let write = || step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: PIECE }.into();
            let read = || step::ReadCount { descriptor: 0, count: PIECE };
            let mut steps: Vec<step::Request> = Vec::new();
            for _ in 1..PIECES {
                steps.extend([write(), read().into()]);
            }
            steps.push(write());
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            let last = probe.begin(step::InTurn(steps, read()))?;
            run.outer.exchanges(&typed, &written)?;
            let expected = &typed[(PIECES - 1) * PIECE..];
            t.equal_bytes("the last that the process reads", &last.finish()?, expected)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/raw-and-back",
        title: "let a process in the foreground switch its terminal to raw mode and back, three times; type ^C, ^Z and a return \
                in raw mode, and a line and ^C afterwards",
        requirement: "in raw mode the three are read as they are and nothing is shown; afterwards the line is echoed and read \
                      as a line, and ^C is SIGINT",
        why: "that is what every editor, pager and password prompt does; the caller's terminal has to stay out of it",
        references: &[TERMINALS, manual("termios(3)")],
        covers: &["H11", "H15"],
        needs: &[Need::Foreground],
        caught_by: &[
            ("signals of the process", &["isig-off"]),
            ("bytes on the terminal", &["relay-output-translated"]),
        ],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.catch(&[Signal::INT])?;
            let cooked = probe.termios(0)?;
            for _ in 0..3 {
                probe.change_termios(0, TermiosFacts::raw)?;
                run.outer.types("\x03\x1a\r")?;
                t.equal_bytes("what is read in raw mode", &probe.read_count(0, 3)?, b"\x03\x1a\r")?;
                probe.set_termios(0, cooked)?;
                run.outer.types("line\r")?;
                run.outer.receives("line\r\n")?;
                t.equal_bytes("what is read afterwards", &probe.read(0)?, b"line\n")?;
                run.outer.types("\x03")?;
                t.equal("signals of the process", probe.next_signals()?, vec![Signal::INT])?;
                run.outer.receives("^C")?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
];

/// What is typed at dash, and what that shows: the echo, what the job writes, and what the shell says of it.
const DIALOGUE: &[(&str, &str)] = &[
    ("cat\r", "cat\r\n"),
    ("one\r", "one\r\none\r\n"),
    ("\x1a", "^Z[1] + Stopped                    cat\r\n$ "),
    ("echo $?\r", "echo $?\r\n148\r\n$ "),
    ("fg\r", "fg\r\ncat\r\n"),
    ("two\r", "two\r\ntwo\r\n"),
    ("\x03", "^C\r\n$ "),
    ("echo $?\r", "echo $?\r\n130\r\n$ "),
    ("tail -vf /dev/null\r", "tail -vf /dev/null\r\n==> /dev/null <==\r\n"),
    ("\x1a", "^Z[1] + Stopped                    tail -vf /dev/null\r\n$ "),
    ("bg\r", "bg\r\n[1] tail -vf /dev/null\r\n$ "),
    ("jobs\r", "jobs\r\n[1] + Running                    tail -vf /dev/null\r\n$ "),
    ("exit 7\r", "exit 7\r\n"),
];

/// The machine's programs and their libraries, where it has them.
fn with_programs_of_the_machine(config: &mut Value) {
    let directories = ["/usr", "/bin", "/lib", "/lib64"].into_iter().filter(|path| Path::new(path).is_dir());
    let bound = directories
        .map(|path| json!({ "destination": path, "type": "bind", "source": path, "options": ["rbind", "ro"] }));
    if let Some(mounts) = config["mounts"].as_array_mut() {
        mounts.extend(bound);
    }
}
