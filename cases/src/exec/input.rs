//! What is written to a process without a terminal arrives, whatever it is and however much.

use crate::prelude::*;
use std::{fs::File, io::Write, thread};

pub const CASES: &[Case] = &[
    Case {
        id: "exec/input-arrives-as-it-is",
        title: "send NUL, a carriage return, a line feed and ^C to exec without a terminal, detached and not, and end the input",
        requirement: "the process reads exactly these bytes, and then end of file",
        why: "`exec -i ID psql < dump` and `kubectl cp` send files: a byte that is dropped, translated or acted on corrupts them",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), TERMINALS.at("#detached-pass-through"), manual("pipe(7)")],
        covers: &["D13", "D14", "J05"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("what the process reads", &["stdin-in-text-mode"]),
            ("the answer of the process", &["stdin-eof-lost"]),
        ],
        body: |t| {
            let c = t.container()?.start()?;
            let mut exec = c.exec()?.without_terminal().start()?;
            let mut streams = exec.streams.take().ok_or_else(|| Stop::Error("no streams".to_owned()))?;
            arrives(t, &mut exec.probe, &mut streams)?;
            let mut exec = c.exec()?.without_terminal().foreground(Caller::without_terminal())?;
            let mut probe = exec.probe()?;
            arrives(t, &mut probe, &mut exec.streams)
        },
    },
    Case {
        id: "stdio/input-arrives-as-it-is",
        title: "send NUL, a carriage return, a line feed and ^C to a container without a terminal, detached and not, and end the \
                input",
        requirement: "the process reads exactly these bytes, and then end of file",
        why: "`run ... < archive` sends files: a byte that is dropped, translated or acted on corrupts them",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), TERMINALS.at("#detached-pass-through"), manual("pipe(7)")],
        covers: &["D13", "D14"],
        needs: &[],
        caught_by: &[
            ("what the process reads", &["stdin-in-text-mode"]),
            ("the answer of the process", &["stdin-eof-lost"]),
        ],
        body: |t| {
            let mut c = t.container()?.without_terminal().start()?;
            let mut streams = c.streams.take().ok_or_else(|| Stop::Error("no streams".to_owned()))?;
            arrives(t, &mut c.probe, &mut streams)?;
            let mut run = t.container()?.without_terminal().foreground(Caller::without_terminal())?;
            let mut probe = run.probe()?;
            arrives(t, &mut probe, &mut run.streams)
        },
    },
    Case {
        id: "exec/a-long-line-through-pipes",
        title: "exec without a terminal in the foreground: send a line of 2 MB and more, and let the process print the line and \
                exit with 7 while its input is still open",
        requirement: "the process reads the line, standard output is the line, standard error is empty, the status is 7",
        why: "a runtime that copies between pipes loses the end, adds a complaint about the broken pipe, or waits for an input \
              that nobody ends",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), manual("pipe(7)")],
        covers: &["D13", "D14", "J05"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("exit status", &["exit-code-lost"])],
        body: |t| {
            let c = t.container()?.start()?;
            passes_a_long_line(t, c.exec()?.without_terminal().foreground(Caller::without_terminal())?)
        },
    },
    Case {
        id: "stdio/a-long-line-through-pipes",
        title: "run a container without a terminal: send a line of 2 MB and more, and let the process print the line and exit \
                with 7 while its input is still open",
        requirement: "the process reads the line, standard output is the line, standard error is empty, the status is 7",
        why: "a runtime that copies between pipes loses the end, adds a complaint about the broken pipe, or waits for an input \
              that nobody ends",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), manual("pipe(7)")],
        covers: &["D13", "D14"],
        needs: &[Need::Foreground],
        caught_by: &[("exit status", &["exit-code-lost"])],
        body: |t| passes_a_long_line(t, t.container()?.without_terminal().foreground(Caller::without_terminal())?),
    },
];

fn arrives(t: &Trial, probe: &mut Probe, streams: &mut Streams) -> Judgement {
    const INPUT: &[u8] = b"\0in\r\n\x03";
    streams.send(INPUT)?;
    streams.stdin = None;
    let mut received = Vec::new();
    while let more @ [_, ..] = probe.read(0)?.as_slice() {
        received.extend_from_slice(more);
    }
    t.equal_bytes("what the process reads", &received, INPUT)
}

fn passes_a_long_line(t: &Trial, mut run: Foreground) -> Judgement {
    const LENGTH: usize = 2 << 20;
    let harness = |what| Stop::Error(format!("the caller's standard input: {what}"));
    let line = Bytes::pattern(Lines::Unbroken, LENGTH).0;
    let mut probe = run.probe()?;
    let mut stdin = File::from(run.streams.stdin.take().ok_or_else(|| harness("no pipe"))?);
    let input = [line.as_slice(), b"\nand more"].concat();
    // It stays open until the runtime has returned.
    let sender = thread::spawn(move || stdin.write_all(&input).map(|()| stdin));
    let mut passed = 0;
    while passed < LENGTH {
        let count = usize::try_from(probe.splice(0, 1, LENGTH - passed)?).unwrap_or(0);
        t.holds("bytes that the process reads at once", "more than none", &count, |count| *count > 0)?;
        run.streams.stdout.receives(&line[passed..passed + count])?;
        passed += count;
    }
    t.equal_bytes("what the process reads then", &probe.read_most(0, 1)?, b"\n")?;
    probe.end(Ending::Exit(7))?;
    let returned = run.returns()?;
    t.equal("exit status", returned.finished.status.code(), Some(7))?;
    t.equal_bytes("standard output after that", &returned.stdout, b"")?;
    t.equal_bytes("standard error", &returned.stderr, b"")?;
    sender.join().map_err(|_| harness("the sender panicked"))?.map(drop).map_err(|_| harness("not all of it was taken"))
}
