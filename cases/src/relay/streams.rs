//! A caller whose standard streams are not all its terminal, and what becomes of its open files.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "relay/standard-input-may-be-dev-null",
        title: "run a container with a terminal in the foreground with </dev/null",
        requirement: "the container runs, its output comes, and the runtime exits with status 0",
        why: "scripts, cron and CI call everything with </dev/null",
        level: Level::Convention,
        references: &[TERMINALS, issue("runc issue 2485", "https://github.com/opencontainers/runc/issues/2485")],
        covers: &["I07"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("output on the caller's terminal", &["relay-needs-terminal"])],
        body: |t| {
            let caller = Caller::at_a_terminal().stdin(CallerStream::Null);
            let returned = t.container()?.performing(&says(b"out")).foreground(caller)?.returns()?;
            t.equal_bytes("output on the caller's terminal", &returned.output, b"out")?;
            t.equal("exit status", returned.finished.status.code(), Some(0))
        },
    },
    Case {
        id: "relay/input-from-a-pipe",
        title: "run a container with a terminal in the foreground whose runtime's standard input is a pipe, and write a line to it",
        requirement: "the process reads the line on its terminal",
        why: "`echo yes | runtime run ...` answers a question, and a program that asks on its terminal waits for ever without",
        references: &[TERMINALS],
        covers: &["I09"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("the answer of the process", &["relay-input-lost"])],
        body: |t| {
            let caller = Caller::at_a_terminal().stdin(CallerStream::Pipe);
            let mut run = t.container()?.foreground(caller)?;
            let mut probe = run.probe()?;
            run.streams.send(b"from a pipe\n")?;
            t.equal_bytes("what the process reads", &probe.read(0)?, b"from a pipe\n")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-caller-without-any-terminal",
        title: "run a container with a terminal in the foreground, from a caller that has none: a session of its \
                own, and pipes",
        requirement: "the runtime returns: either with the container's output and status 0, or with another status and \
                      a message; which of the two is recorded and not judged",
        why: "CI and ssh without -t call runtimes in this way; what must not happen is that they hang or fail in silence",
        level: Level::Convention,
        references: &[TERMINALS, issue("runc issue 3096", "https://github.com/opencontainers/runc/issues/3096")],
        covers: &["I08"],
        needs: &[Need::Foreground],
        caught_by: &[("standard output", &["relay-merges-to-stderr"])],
        body: |t| {
            t.makes_containers()?;
            let returned =
                t.container()?.performing(&says(b"out")).foreground(Caller::without_terminal())?.returns()?;
            let status = returned.finished.status.code();
            t.records("exit status", status);
            t.records("standard output", Bytes(returned.stdout.clone()));
            // Not the message itself: it may hold the time, and what the container wrote before it ended.
            t.records("a message on standard error", !returned.stderr.is_empty());
            if status == Some(0) {
                return t.equal_bytes("standard output", &returned.stdout, b"out");
            }
            t.holds("standard error of a runtime that refuses", "a message", &returned.stderr, |text| !text.is_empty())
        },
    },
    Case {
        id: "relay/newlines-into-a-pipe",
        title: "run a container with a terminal in the foreground whose runtime's standard output is a pipe, and write a line",
        requirement: "its newline comes as the terminal makes it, with a carriage return before it, or as it was written; which is \
                      reported",
        why: "`runtime run ... | grep 'x$'` finds the line in one of the two only, and people move from one runtime to the other",
        level: Level::Info,
        references: &[TERMINALS, POSIX_TERMINALS, RUNC_TTY],
        covers: &["H15"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[],
        body: |t| {
            let caller = Caller::at_a_terminal().stdout(CallerStream::Pipe);
            let returned = t.container()?.performing(&says(b"line\n")).foreground(caller)?.returns()?;
            let known = [("as the terminal makes it", b"line\r\n".to_vec()), ("as it was written", b"line\n".to_vec())];
            t.shows(
                "what comes through the pipe",
                Bytes(returned.stdout),
                &known.map(|(name, bytes)| (name, Bytes(bytes))),
            )
        },
    },
    Case {
        id: "relay/the-callers-terminal-keeps-its-file-flags",
        title: "run a container in the foreground whose runtime has the caller's terminal as descriptors 0, 1 and 2",
        requirement: "the status flags of the three open files are afterwards what they were before",
        why: WHY_FLAGS,
        level: Level::Convention,
        references: &[
            manual("fcntl(2)"),
            SPEC_RUNTIME.at("#operations"),
            issue("buildah issue 3152", "https://github.com/containers/buildah/issues/3152"),
        ],
        covers: &["I13"],
        needs: &[Need::Foreground],
        caught_by: &[("file flags of descriptors 0, 1 and 2", &["nonblock-left-on-stdin"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal("file flags of descriptors 0, 1 and 2", returned.after.flags, returned.before.flags)
        },
    },
    Case {
        id: "relay/the-callers-pipes-keep-their-file-flags",
        title: "run a container in the foreground whose runtime has pipes as descriptors 1 and 2",
        requirement: "the status flags of the open files are afterwards what they were before",
        why: WHY_FLAGS,
        level: Level::Convention,
        references: &[
            manual("fcntl(2)"),
            issue("buildah issue 3152", "https://github.com/containers/buildah/issues/3152"),
        ],
        covers: &["I13"],
        needs: &[Need::Foreground],
        caught_by: &[("file flags of descriptors 0, 1 and 2", &["nonblock-left-on-stdin"])],
        body: |t| {
            let caller = Caller::at_a_terminal().stdout(CallerStream::Pipe).stderr(CallerStream::Pipe);
            let mut run = t.container()?.foreground(caller)?;
            let mut probe = run.attached()?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal("file flags of descriptors 0, 1 and 2", returned.after.flags, returned.before.flags)
        },
    },
];

fn says(text: &[u8]) -> [step::Request; 2] {
    let bytes = Bytes(text.to_vec());
    [step::Write { descriptor: 1, bytes }.into(), step::End { ending: Ending::Exit(0) }.into()]
}

const WHY_FLAGS: &str = "the open files are shared with the caller: O_NONBLOCK that is left behind makes its next \
                         read fail with EAGAIN, and shells and pipelines break after the container has ended";
