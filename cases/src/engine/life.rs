//! A program that runs without its caller: its terminal, what is kept of what it writes, and its end.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "engine/a-detached-program-has-a-terminal",
        title: "run a program with a terminal without a caller, and look at its standard streams",
        requirement: "all are one terminal, which controls its session; it has lines, echo, and carriage returns before newlines",
        why: "interactive programs that wait for somebody to attach look for it when they start",
        references: &[TERMINALS.at("#detached")],
        covers: &["D01", "C04", "H20"],
        needs: &[Need::Detached],
        caught_by: &[
            ("files of the standard streams", &["errors-elsewhere"]),
            ("controlling terminal", &["without-a-session"]),
            ("ICANON, ECHO and ISIG of the terminal", &["terminal-is-raw"]),
            ("OPOST and ONLCR of the terminal", &["no-carriage-returns"]),
        ],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let seen = c.probe.observe()?;
            let files = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.file()));
            t.equal("files of the standard streams", files, [files[0]; 3])?;
            let node = seen.descriptor(0).map(|fd| fd.status.node);
            t.equal("controlling terminal", Some(seen.process.terminal), node)?;
            let settings = c.probe.termios(0)?;
            let local = nix::libc::ICANON | ECHO | nix::libc::ISIG;
            t.equal("ICANON, ECHO and ISIG of the terminal", settings.local & local, local)?;
            let output = nix::libc::OPOST | nix::libc::ONLCR;
            t.equal("OPOST and ONLCR of the terminal", settings.output & output, output)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/a-log-has-each-byte-once",
        title: "let a program with a terminal write three lines and end, and ask for its log",
        requirement: "the log is what came on its terminal: each line once, with its carriage return",
        why: "who reads a log afterwards sees what somebody would have seen who was there",
        references: &[issue("cri-o issue 634", "https://github.com/cri-o/cri-o/issues/634")],
        covers: &["I22"],
        needs: &[Need::Detached, Need::Logs],
        caught_by: &[("the log", &["log-without-carriage-returns"])],
        body: |t| {
            let mut c = t.container()?.detached()?;
            c.probe.write(1, b"one\ntwo\n\nthree\n")?;
            c.probe.end(Ending::Exit(0))?;
            c.call("wait")?;
            t.equal_bytes("the log", &c.call("logs")?.stdout.bytes, b"one\r\ntwo\r\n\r\nthree\r\n")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/stop-asks-first",
        title: "stop a program that catches SIGTERM and then exits with status 3",
        requirement: "it gets SIGTERM, and its exit status is known afterwards",
        why: "a database that is killed without being asked has to mend its files at the next start",
        references: &[Reference::document(
            "docker container stop",
            "https://docs.docker.com/reference/cli/docker/container/stop/",
        )],
        covers: &["I04"],
        needs: &[Need::Detached, Need::Logs],
        caught_by: &[
            (Stop::ANSWER, &["stop-kills"]),
            ("exit status of stop", &["stop-fails"]),
            ("what wait says", &["status-is-lost"]),
        ],
        body: |t| {
            let mut c = t.container()?.detached()?;
            c.probe.catch(&[Signal::TERM])?;
            let stopping = c.begin("stop")?;
            t.equal("signals of the program", c.probe.next_signals()?, vec![Signal::TERM])?;
            c.probe.end(Ending::Exit(3))?;
            t.equal("exit status of stop", stopping.finish(t.patience())?.status.code(), Some(0))?;
            let waited = c.call("wait")?;
            t.equal_bytes("what wait says", waited.stdout.bytes.trim_ascii(), b"3")
        },
        ..Case::TERMINAL
    },
];
