//! Without a terminal, the standard streams are those of the runtime's caller, each apart from the others.

use crate::prelude::*;
use nix::fcntl::OFlag;

pub const CASES: &[Case] = &[
    Case {
        id: "stdio/no-terminals-without-terminal",
        title: "isatty of descriptors 0, 1 and 2 in a container without a terminal whose caller has pipes",
        requirement: "all three are pipes, and none is a terminal",
        why: "programs decide by isatty whether to ask, to colour and to buffer; logs fill with escape sequences",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), manual("isatty(3)")],
        covers: &["D11"],
        needs: &[],
        caught_by: &[("kinds of 0, 1 and 2", &["terminal-although-false"])],
        body: |t| {
            let seen = t.standard_pipes()?.inside;
            let kinds = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.kind));
            t.equal("kinds of 0, 1 and 2", kinds, [Some(FileKind::Fifo); 3])
        },
    },
    Case {
        id: "stdio/detached-streams-are-the-callers",
        title: "compare 0, 1 and 2 of a detached container without a terminal with the caller's, by device and inode",
        requirement: "they are the caller's own files",
        why: "in detached mode nobody is left who could copy: engines hand over files, sockets and log pipes and read \
              them after the runtime has ended",
        level: Level::Convention,
        references: &[TERMINALS.at("#detached-pass-through")],
        covers: &["D12"],
        needs: &[],
        caught_by: &[("files behind 0, 1 and 2", &["stdio-crossed"])],
        body: |t| {
            let mut c = t.container()?.without_terminal().start()?;
            let seen = c.probe.observe()?;
            let found = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.file()));
            let streams = c.streams()?;
            let stdin = streams.stdin.as_ref().map(file_behind).transpose()?;
            let stdout = file_behind(&streams.stdout)?;
            let stderr = file_behind(&streams.stderr)?;
            t.equal("files behind 0, 1 and 2", found, [stdin, Some(stdout), Some(stderr)])
        },
    },
    Case {
        id: "stdio/detached-output-and-errors-apart",
        title: "write to descriptors 1 and 2 of a detached container without a terminal, and end it",
        requirement: "each caller's stream receives what was written to its own descriptor, and then end of file",
        why: "log collectors and pipelines depend on it: an error message in the output of `pg_dump` breaks the dump",
        level: Level::Convention,
        references: &[TERMINALS.at("#detached-pass-through")],
        covers: &["D13", "D12", "D16"],
        needs: &[],
        caught_by: &[("standard output", &["stdio-crossed"])],
        body: |t| {
            let mut c = t.container()?.without_terminal().start()?;
            c.probe.write(1, b"output\n")?;
            c.probe.write(2, b"complaint\n")?;
            c.probe.end(Ending::Exit(0))?;
            let streams = c.streams()?;
            t.equal_bytes("standard output", &streams.stdout.receives_rest()?, b"output\n")?;
            t.equal_bytes("standard error", &streams.stderr.receives_rest()?, b"complaint\n")
        },
    },
    Case {
        id: "stdio/foreground-streams-apart",
        title: "run a container without a terminal between pipes: write to it, and write from its descriptors 1 and 2",
        requirement: "bytes arrive unchanged, each on its own stream, and all of them before the runtime returns",
        why: "`run ... < in > out 2> err` is the plainest use of a runtime; every mix-up or loss corrupts files",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), TERMINALS.at("#foreground")],
        covers: &["D11", "D13"],
        needs: &[Need::Foreground],
        caught_by: &[("standard output", &["stdio-crossed"])],
        body: |t| {
            let plan = t.container()?.without_terminal();
            let mut run = plan.foreground(Caller::without_terminal())?;
            let mut probe = run.probe()?;
            let input = b"\x00input\xff\r\n\x03";
            run.streams.send(input)?;
            t.equal_bytes("what the container reads", &probe.read(0)?, input)?;
            probe.write(1, b"\x00output\n")?;
            probe.write(2, b"complaint\r\n")?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal_bytes("standard output", &returned.stdout, b"\x00output\n")?;
            t.equal_bytes("standard error", &returned.stderr, b"complaint\r\n")
        },
    },
    Case {
        id: "stdio/streams-go-on-in-the-callers-files",
        title: "run a container without a terminal whose caller's streams are regular files, read in part or written to before and after",
        requirement: "the process reads what is left, and what it writes stands between what the caller wrote: they share the \
                      files' offsets",
        why: "in `{ date; runtime run ...; date; } > log` a runtime that opens the file anew, or writes to it from its start, \
              destroys what is there",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), manual("open(2), open file descriptions")],
        covers: &["D11"],
        needs: &[Need::Foreground],
        caught_by: &[
            ("what the process reads", &["stdin-from-its-start"]),
            ("the file of the output", &["stdout-from-its-start"]),
            ("the file of errors", &["stderr-opened-anew"]),
        ],
        body: |t| {
            let files = CallerStream::File;
            let caller = Caller::without_terminal().stdin(files).stdout(files).stderr(files);
            let mut run = t.container()?.without_terminal().foreground(caller)?;
            let mut probe = run.probe()?;
            t.equal_bytes("what the process reads", &probe.read(0)?, b"after\n")?;
            probe.write(1, b"out\n")?;
            probe.write(2, b"complaint\n")?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal_bytes("the file of the output", &returned.stdout, b"before\nout\nafter\n")?;
            // The runtime may have something to say there, too.
            let said = String::from_utf8_lossy(&returned.stderr).into_owned();
            t.holds("the file of errors", "before, complaint, after", &said, |said| {
                let between = said.strip_prefix("before\n").and_then(|rest| rest.strip_suffix("after\n"));
                between.is_some_and(|between| between.contains("complaint\n"))
            })
        },
    },
    Case {
        id: "stdio/detached-end-of-input",
        title: "close the pipe that is standard input of a detached container without a terminal",
        requirement: "the container reads what was sent, and then end of file",
        why: "cat, sort and tar only end at end of file; a copy of the pipe kept by the runtime hangs them for ever",
        level: Level::Convention,
        references: &[TERMINALS.at("#detached-pass-through"), manual("pipe(7)")],
        covers: &["D14"],
        needs: &[],
        caught_by: &[("the answer of the process", &["stdin-eof-lost"])],
        body: |t| {
            let mut c = t.container()?.without_terminal().start()?;
            let streams = c.streams.as_mut().ok_or_else(|| Stop::Error("no streams".to_owned()))?;
            streams.send(b"last words")?;
            streams.stdin = None;
            t.equal_bytes("what the container reads", &c.probe.read(0)?, b"last words")?;
            t.equal_bytes("what the container reads then", &c.probe.read(0)?, b"")
        },
    },
    Case {
        id: "stdio/foreground-end-of-input",
        title: "close the pipe that is standard input of a runtime that runs a container without a terminal",
        requirement: "the container reads what was sent, and then end of file, while its output still works",
        why: "`tar c . | run ...` ends only when end of file is passed on; what the filter then prints must come out",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), manual("pipe(7)")],
        covers: &["D14"],
        needs: &[Need::Foreground],
        caught_by: &[("the answer of the process", &["stdin-eof-lost"])],
        body: |t| {
            let plan = t.container()?.without_terminal();
            let mut run = plan.foreground(Caller::without_terminal())?;
            let mut probe = run.probe()?;
            run.streams.send(b"last words")?;
            run.streams.stdin = None;
            t.equal_bytes("what the container reads", &probe.read(0)?, b"last words")?;
            t.equal_bytes("what the container reads then", &probe.read(0)?, b"")?;
            probe.write(1, b"a summary\n")?;
            probe.end(Ending::Exit(0))?;
            t.equal_bytes("standard output", &run.returns()?.stdout, b"a summary\n")
        },
    },
    // The pipe belongs to the caller, and mode 0600 of pipes keeps everybody else from opening it again.
    Case {
        id: "stdio/user-reopens-pipes",
        title: "open /dev/stdout and /dev/stderr as user 1000 in a container without a terminal whose caller is root",
        requirement: "both open and lead to the caller's pipes",
        why: "nginx and apache log to /dev/stdout without being root: permission denied ends them at start",
        level: Level::Convention,
        references: &[manual("proc_pid_fd(5)"), manual("pipe(7)")],
        covers: &["D07"],
        needs: &[Need::ManyIds],
        caught_by: &[("opening /dev/stdout", &["pipes-stay-callers"])],
        body: |t| {
            let mut c = t.container()?.without_terminal().user(1000, 1000).start()?;
            for (path, bytes) in [("/dev/stdout", &b"output\n"[..]), ("/dev/stderr", b"complaint\n")] {
                let opened = c.probe.try_open(path, OFlag::O_WRONLY.bits())?;
                c.probe.write(t.succeeds(&format!("opening {path}"), opened)?.descriptor, bytes)?;
            }
            let streams = c.streams()?;
            streams.stdout.receives(b"output\n")?;
            streams.stderr.receives(b"complaint\n").map_err(Stop::from)
        },
    },
];
