//! What is typed on the caller's terminal reaches the container.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "relay/every-typed-byte-passes",
        title: "in a container in the foreground whose process is in raw mode, type all 256 bytes",
        requirement: "the process reads exactly these bytes in this order, and nothing comes back",
        why: "while the container runs, the caller's terminal must treat no key on its own: not ^C, ^Z, ^S or ^V, and no \
              byte of a character that is not ASCII",
        level: Level::Convention,
        references: &[TERMINALS, manual("termios(3)")],
        covers: &["H11", "H15"],
        needs: &[Need::Foreground],
        caught_by: &[("the answer of the process", &["relay-input-lost"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            // Not upwards: ^P and then ^Q detaches from engines.
            let bytes: Vec<u8> = (0..=u8::MAX).rev().collect();
            run.outer.types(&bytes)?;
            t.equal_bytes("what the process reads", &probe.read_count(0, bytes.len())?, &bytes)?;
            probe.write(1, b"[nothing before this]")?;
            Ok(run.outer.receives("[nothing before this]")?)
        },
    },
    Case {
        id: "relay/what-was-typed-ahead-is-kept",
        title: "type a line on the caller's terminal, then run a container there in the foreground",
        requirement: "the container's process reads the line",
        why: "whoever types on while a container starts loses what was typed, when raw mode is entered with TCSAFLUSH",
        level: Level::Convention,
        references: &[TERMINALS, manual("termios(3)")],
        covers: &["H17"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("the answer of the process", &["raw-mode-flushes"])],
        body: |t| {
            let caller = Caller::at_a_terminal().typing_ahead(b"typed ahead\n");
            let mut run = t.container()?.foreground(caller)?;
            let mut probe = run.probe()?;
            t.equal_bytes("what the process reads", &probe.read(0)?, b"typed ahead\n")
        },
    },
    Case {
        id: "relay/a-long-paste-and-long-output-pass-each-other",
        title: "paste 64 KiB while the container's process writes 64 KiB before it reads anything, sixteen times",
        requirement: "both pass completely",
        why: "a relay that waits for room in one direction while it has bytes for the other hangs for ever, and with it \
              the program and the terminal",
        level: Level::Convention,
        references: &[TERMINALS, issue("crun pull request 1623", "https://github.com/containers/crun/pull/1623")],
        covers: &["I17"],
        needs: &[Need::Foreground],
        caught_by: &[("typing on the terminal", &["relay-blocks-on-input"])],
        body: |t| {
            // Several times what both terminals and a relay's buffers hold.
            const COUNT: usize = 64 * 1024;
            let bytes = Bytes::pattern(Lines::Unbroken, COUNT).0;
            let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: COUNT };
            let steps = step::InTurn(vec![write.into()], step::ReadCount { descriptor: 0, count: COUNT });
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            // A relay that can hang does so only when input comes first; in sixteen rounds it does once.
            for round in 1..=16 {
                // Less than both terminals hold: it is taken although nobody reads yet, and fills the container's.
                let (first, rest) = bytes.split_at(24_000);
                run.outer.types(first)?;
                let answer = probe.begin(steps.clone())?;
                run.outer.exchanges(rest, &bytes)?;
                t.equal_bytes(&format!("what the process reads, round {round}"), &answer.finish()?, &bytes)?;
            }
            Ok(())
        },
    },
    Case {
        id: "relay/input-waits-while-the-output-stalls",
        title: "type 24000 bytes, let the process write 1 MiB before it reads them, and read nothing of it until the runtime has \
                answered two other calls",
        requirement: "the process reads every byte",
        why: "who pastes while the screen stands still, at ^S or in a slow connection, would lose a part of the text",
        references: &[TERMINALS, issue("crun pull request 1623", "https://github.com/containers/crun/pull/1623")],
        covers: &["I10", "I17"],
        needs: &[Need::Foreground],
        caught_by: &[("the answer of the process", &["relay-input-that-does-not-fit-lost"])],
        body: |t| {
            const COUNT: usize = 1 << 20;
            // Less than both terminals hold, and more than one.
            let typed = Bytes::pattern(Lines::Unbroken, 24_000).0;
            let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: COUNT };
            let read = step::ReadCount { descriptor: 0, count: typed.len() };
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            run.outer.types(&typed)?;
            let answer = probe.begin(step::InTurn(vec![write.into()], read))?;
            if let Some(lifecycle) = &run.lifecycle {
                for _ in 0..2 {
                    t.equal("status meanwhile", lifecycle.status()?, "running".to_owned())?;
                }
            }
            run.outer.exchanges(b"", &Bytes::pattern(Lines::Unbroken, COUNT).0)?;
            t.equal_bytes("what the process reads", &answer.finish()?, &typed)
        },
        ..Case::TERMINAL
    },
];
