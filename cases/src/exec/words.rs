//! exec that is told what to run by words rather than by a file: what a person types, and what engines call.

use crate::prelude::*;
use nix::libc::{ENOTTY, ENXIO};

pub const CASES: &[Case] = &[
    Case {
        id: "exec/command-line-without-the-flag",
        title: "exec in the foreground by its command line, without the flag for a terminal, into a container with one",
        requirement: "no terminal on 0, 1 and 2, /dev/tty gives ENXIO, and a line passes both ways as it is",
        why: "`exec ID tar c . > backup.tar` must not get a terminal because the container happens to have one",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through"), RUNC_EXEC, manual("tty(4)")],
        covers: &["J05", "F18"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("errors of tcgetattr on 0, 1 and 2", &["exec-terminal-as-the-container"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut exec = c.exec()?.foreground_called("ID WORDS", Caller::without_terminal())?;
            let mut probe = exec.probe()?;
            has_no_terminal(t, &mut probe, &exec.streams)?;
            c.has_nothing_left_over().map_err(Stop::from)
        },
    },
    Case {
        id: "exec/detached-command-line-without-the-flag",
        title: "exec --detach by its command line, without the flag for a terminal, into a container with one",
        requirement: "no terminal on 0, 1 and 2, /dev/tty gives ENXIO, and a line passes both ways as it is",
        why: "a daemon that is started so would be refused for want of a console socket, or hang at its first byte",
        level: Level::Convention,
        references: &[TERMINALS.at("#detached-pass-through"), RUNC_EXEC, manual("tty(4)")],
        covers: &["J05", "F18"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("exec of the runtime", &["exec-terminal-as-the-container"]),
            ("errors of tcgetattr on 0, 1 and 2", &["exec-without-tty-gets-terminal"]),
        ],
        body: |t| {
            let mut c = t.container()?.start()?;
            let plan = c.exec()?.without_terminal().called("--detach --pid-file PID ID WORDS");
            let mut exec = plan.start()?;
            let streams = exec.streams.take().ok_or_else(|| Stop::Error("no streams".to_owned()))?;
            has_no_terminal(t, &mut exec.probe, &streams)?;
            c.has_nothing_left_over().map_err(Stop::from)
        },
    },
    Case {
        id: "exec/called-as-conmon-does",
        title: "exec as podman's monitor calls it: a process file, --tty beside it, --detach, a console socket and a pid file",
        requirement: "the process has a terminal of its own, whose master comes alone; without --tty it has pipes",
        why: "it is how `podman exec -t` works: a runtime that takes --tty beside a file for a mistake cannot serve podman",
        level: Level::Convention,
        references: &[CONMON, RUNC_EXEC],
        covers: &["F15", "F18"],
        needs: &[Need::Terminal, Need::Exec, Need::ExecTerminalFlag],
        caught_by: &[
            ("exec of the runtime", &["exec-flag-beside-file-refused"]),
            ("what comes over the console socket", &["socket-sends-twice", "socket-connects-twice"]),
        ],
        body: |t| {
            let c = t.container()?.start()?;
            const TERMINAL: &str = "--pid-file PID --process FILE --detach TTY --console-socket SOCKET ID";
            has_its_own_terminal(t, c.exec()?.called(TERMINAL).start()?)?;
            sends_one_master(t, c.exec()?.called(TERMINAL))?;
            let plan = c.exec()?.without_terminal().called("--pid-file PID --process FILE --detach ID");
            let mut exec = plan.start()?;
            let streams = exec.streams.take().ok_or_else(|| Stop::Error("no streams".to_owned()))?;
            has_no_terminal(t, &mut exec.probe, &streams)
        },
    },
    Case {
        id: "exec/called-as-containerd-does",
        title: "exec as containerd's shim calls it, for docker too: a log in JSON, a process file and no flag for a terminal",
        requirement: "the file decides: a terminal whose master comes alone where it says so, and else pipes",
        why: "it is how `docker exec -t` and Kubernetes work; the flag does not exist everywhere, and nobody gives it there",
        level: Level::Convention,
        references: &[GO_RUNC, RUNC_EXEC],
        covers: &["F15", "F18", "F19"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("the console socket", &["exec-flag-decides"]),
            ("what comes over the console socket", &["socket-sends-twice", "socket-connects-twice"]),
        ],
        body: |t| {
            let log = t.directory()?.join("log.json");
            let log = log.to_str().ok_or_else(|| Stop::Error("a path that is not UTF-8".to_owned()))?;
            t.bench().calls_with(&["--log", log, "--log-format", "json"]);
            let c = t.container()?.start()?;
            const TERMINAL: &str = "--process FILE --console-socket SOCKET --detach --pid-file PID ID";
            has_its_own_terminal(t, c.exec()?.called(TERMINAL).start()?)?;
            sends_one_master(t, c.exec()?.called(TERMINAL))?;
            let plan = c.exec()?.without_terminal().called("--process FILE --detach --pid-file PID ID");
            let mut exec = plan.start()?;
            let streams = exec.streams.take().ok_or_else(|| Stop::Error("no streams".to_owned()))?;
            has_no_terminal(t, &mut exec.probe, &streams)
        },
    },
    Case {
        id: "exec/command-line-user-and-directory",
        title: "exec by its command line as another user in another directory, with the flag for a terminal",
        requirement: "the process has that user, group and directory, and a terminal of its own that belongs to that user",
        why: "it is what a person types to look into a container as its service does; a terminal of root's cannot be opened there",
        level: Level::Convention,
        references: &[RUNC_EXEC],
        covers: &["J10", "E05"],
        needs: &[Need::Terminal, Need::Exec, Need::ExecTerminalFlag, Need::ManyIds],
        caught_by: &[("owner of the terminal", &["exec-owner-root", "exec-shares-init-terminal"])],
        body: |t| {
            let c = t.container()?.start()?;
            const WORDS: &str =
                "--detach --pid-file PID TTY --user 1000:1001 --cwd /tmp --console-socket SOCKET ID WORDS";
            let mut exec = c.exec()?.called(WORDS).start()?;
            let seen = exec.probe.observe()?;
            let ids = (seen.process.identity.user, seen.process.identity.group);
            t.equal("user and group", ids, (1000, 1001))?;
            t.equal("working directory", seen.process.directory.as_str(), "/tmp")?;
            t.equal("owner of the terminal", seen.descriptor(0).map(|fd| fd.status.user), Some(1000))?;
            has_its_own_terminal(t, exec)
        },
    },
];

/// Where runc decides about the terminal of exec.
const RUNC_EXEC: Reference =
    Reference::document("runc, exec.go", "https://github.com/opencontainers/runc/blob/v1.1.5/exec.go");

/// How podman's monitor calls a runtime.
const CONMON: Reference = Reference::document(
    "conmon, src/runtime_args.c",
    "https://github.com/containers/conmon/blob/main/src/runtime_args.c",
);

/// How containerd's shim calls a runtime.
const GO_RUNC: Reference =
    Reference::document("go-runc, runc.go", "https://github.com/containerd/go-runc/blob/main/runc.go");

fn has_no_terminal(t: &Trial, probe: &mut Probe, streams: &Streams) -> Judgement {
    let seen = probe.observe()?;
    let refusals = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.terminal.clone().err()));
    t.equal("errors of tcgetattr on 0, 1 and 2", refusals, [Some(Some(Errno(ENOTTY))); 3])?;
    t.equal("error of opening /dev/tty", seen.controlling_terminal.err(), Some(Errno(ENXIO)))?;
    streams.send(b"a\n")?;
    t.equal_bytes("what the process reads", &probe.read(0)?, b"a\n")?;
    probe.write(1, b"a\n")?;
    streams.stdout.receives(b"a\n").map_err(Stop::from)
}

fn has_its_own_terminal(t: &Trial, mut exec: Execution) -> Judgement {
    let number = exec.terminal()?.facts()?.number;
    let seen = exec.probe.observe()?;
    let names = [0, 1, 2].map(|fd| seen.descriptor(fd)?.terminal.clone().ok()?.name.ok());
    t.equal("ttyname of 0, 1 and 2", names, [0; 3].map(|_| Some(format!("/dev/pts/{number}"))))?;
    exec.terminal()?.types("a line\n")?;
    t.equal_bytes("what the process reads", &exec.probe.read(0)?, b"a line\n")?;
    exec.probe.write(1, b"output")?;
    exec.terminal()?.receives("a line\r\noutput").map_err(Stop::from)
}

fn sends_one_master(t: &Trial, plan: ExecPlan) -> Judgement {
    let (finished, reception) = plan.performing(&[]).attempt()?;
    t.holds("exit status of exec", "0", &finished.status, |status| status.success())?;
    let connections = reception.unwrap_or_default().connections;
    let came = |connection: &Connection| connection.messages.iter().map(|message| message.descriptors.len()).collect();
    let descriptors: Vec<Vec<usize>> = connections.iter().map(came).collect();
    t.equal("what comes over the console socket", format!("{descriptors:?}"), "[[1]]".to_owned())
}
