//! What is typed reaches the program, and what that writes its caller.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "foreground/simplest-program",
        title: "run a program from somebody's terminal, ask it for its standard streams, and let it exit",
        requirement: "standard input, output and error are terminals, and the launcher returns",
        why: "where this does not work, nothing else can",
        references: &[manual("isatty(3)"), manual("exit(3)")],
        covers: &["D01"],
        needs: &[Need::Foreground, Need::FirstInForeground],
        caught_by: &[("the standard streams are terminals", &["stdin-dev-null", "terminal-calls-refused"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.probe()?;
            let seen = probe.observe()?;
            let are_terminals = [0, 1, 2].map(|number| seen.descriptor(number).is_some_and(|fd| fd.terminal.is_ok()));
            t.equal("the standard streams are terminals", are_terminals, [true; 3])?;
            probe.end(Ending::Exit(0))?;
            Ok(run.returns().map(drop)?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/a-line-each-way",
        title: "type a line to a program that reads, and let it write one",
        requirement: "the line is echoed and read as it was typed; what is written comes with a carriage return before the newline",
        why: "this is what every dialogue with a program is made of",
        references: &[manual("termios(3), ECHO and ONLCR")],
        covers: &["H05", "H15"],
        needs: &[Need::Foreground, Need::Input, Need::Output],
        caught_by: &[("bytes on the terminal", &["echo-off", "onlcr-cleared"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            run.outer.types("line\r")?;
            run.outer.receives("line\r\n")?;
            t.equal_bytes("what the program reads", &probe.read(0)?, b"line\n")?;
            probe.write(1, b"answer\n")?;
            Ok(run.outer.receives("answer\r\n")?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/large-output-is-complete",
        title: "run a program that prints 1 MiB and exits",
        requirement: "the caller's terminal gets every byte, in order, and nothing else, before the launcher returns",
        why: "logs and listings that miss a piece at the end look complete",
        references: &[issue("containerd issue 3738", "https://github.com/containerd/containerd/issues/3738")],
        covers: &["I01", "I02"],
        needs: &[Need::Foreground, Need::Output],
        caught_by: &[("output on the caller's terminal", &["relay-loses-a-byte"])],
        body: |t| {
            const COUNT: usize = 1 << 20;
            let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: COUNT };
            let plan = t.container()?.performing(&[write.into(), step::End { ending: Ending::Exit(0) }.into()]);
            let returned = plan.foreground(Caller::at_a_terminal())?.returns()?;
            t.equal_bytes(
                "output on the caller's terminal",
                &returned.output,
                &Bytes::pattern(Lines::Unbroken, COUNT).0,
            )
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/every-byte-passes-in-raw-mode",
        title: "let a program switch its terminal to raw mode; type each of the 256 bytes, and let it write each of them",
        requirement: "it reads just these, and just these come on the caller's terminal",
        why: "editors, pagers and file transfers over a terminal need every byte as it is",
        references: &[manual("termios(3)")],
        covers: &["H15"],
        needs: &[Need::Foreground, Need::Input, Need::Output],
        caught_by: &[("bytes on the terminal", &["relay-output-translated"])],
        body: |t| {
            // Not upwards: ^P and then ^Q detaches from engines.
            let all: Vec<u8> = (0..=255).rev().collect();
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            run.outer.types(&all)?;
            t.equal_bytes("what the program reads", &probe.read_count(0, all.len())?, &all)?;
            probe.write(1, &all)?;
            run.outer.receives(&all)?;
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/a-long-paste-arrives",
        title: "let a program switch its terminal to raw mode, and paste 256 KiB while it reads, 16 bytes at a time",
        requirement: "it reads all of it, in order",
        why: "what is lost from the middle of a paste is found when the file is used",
        references: &[manual("pty(7)")],
        covers: &["I17"],
        needs: &[Need::Foreground, Need::Input],
        caught_by: &[(Stop::ANSWER, &["relay-input-that-does-not-fit-lost"])],
        body: |t| {
            const COUNT: usize = 256 * 1024;
            let pasted = Bytes::pattern(Lines::Unbroken, COUNT).0;
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            // Slower than a relay, so that there is always more than the terminal takes.
            let reading = probe.begin(step::ReadPieces { descriptor: 0, count: COUNT, most: 16 })?;
            run.outer.exchanges(&pasted, b"")?;
            t.equal_bytes("what the program reads", &reading.finish()?, &pasted)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/output-to-a-pipe-is-not-translated",
        title: "run a program without asking for a terminal, with pipes for the standard streams; let it write lines",
        requirement: "standard output gets exactly these bytes, and standard error nothing",
        why: "a carriage return at the end of each line is what breaks the script that reads them",
        references: &[manual("pipe(7)"), TERMINALS.at("#foreground")],
        covers: &["I03"],
        needs: &[Need::Foreground, Need::Pipes],
        caught_by: &[("standard output", &["stdio-crossed"])],
        body: |t| {
            let write = step::Write { descriptor: 1, bytes: Bytes(b"one\ntwo\r\nthree\0\n".to_vec()) };
            let steps = [write.into(), step::End { ending: Ending::Exit(0) }.into()];
            let plan = t.container()?.without_terminal().performing(&steps);
            let returned = plan.foreground(Caller::without_terminal())?.returns()?;
            t.equal_bytes("standard output", &returned.stdout, b"one\ntwo\r\nthree\0\n")?;
            t.equal_bytes("standard error", &returned.stderr, b"")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/input-from-a-pipe-ends",
        title: "run a program without asking for a terminal; send it a line over a pipe, and close that",
        requirement: "it reads the line, and then the end of the input",
        why: "whoever pipes a file into a container waits for ever where the end does not arrive",
        references: &[manual("pipe(7)")],
        covers: &["I09"],
        needs: &[Need::Foreground, Need::Pipes],
        caught_by: &[("the input has ended", &["stdin-eof-lost"])],
        body: |t| {
            let mut run = t.container()?.without_terminal().foreground(Caller::without_terminal())?;
            let mut probe = run.probe()?;
            run.streams.send(b"line\n")?;
            t.equal_bytes("what the program reads", &probe.read(0)?, b"line\n")?;
            run.streams.stdin = None;
            t.equal("the input has ended", probe.readable_within(0, 2000)?, true)?;
            t.equal_bytes("what the program reads at the end", &probe.read(0)?, b"")
        },
        ..Case::TERMINAL
    },
];
