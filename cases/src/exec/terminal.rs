//! The terminal of one added process.

use crate::prelude::*;
use nix::libc::ENOENT;
use std::time::Instant;

pub const CASES: &[Case] = &[
    Case {
        id: "exec/terminal-of-the-containers-devpts",
        title: "exec with a terminal, and look where its terminal comes from",
        requirement: "it is an entry of the container's devpts other than the first process's, and ttyname finds it",
        why: "a terminal of the host's devpts has no name in the container: screen, tmux and sudo say it is not a tty",
        level: Level::Convention,
        references: &[DEVPTS, manual("ttyname(3)"), TERMINALS.at("#new-terminal")],
        covers: &["J01", "D04"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("device of descriptor 0", &["exec-in-host-devpts"]),
            ("ttyname of 0", &["exec-shares-init-terminal"]),
        ],
        body: |t| {
            let mut c = t.container()?.start()?;
            let first = c.probe.stat("/proc/self/fd/0")?;
            let mut exec = c.exec()?.start()?;
            let seen = exec.probe.observe()?;
            let number = exec.terminal()?.facts()?.number;
            for fd in seen.descriptors.iter().take(3) {
                let which = fd.number;
                t.equal(&format!("device of descriptor {which}"), fd.status.device, first.device)?;
                let name = fd.terminal.clone().and_then(|terminal| terminal.name);
                t.equal(&format!("ttyname of {which}"), name, Ok(format!("/dev/pts/{number}")))?;
            }
            let stdin = seen.descriptor(0).map(|fd| fd.status.file());
            let entry = seen.pts_entry(&number.to_string()).map(|entry| entry.status.file());
            t.equal("entry of /dev/pts", entry, stdin)?;
            t.holds("entry of /dev/pts", "another than the first process's", &stdin, |stdin| {
                *stdin != Some(first.file())
            })
        },
    },
    Case {
        id: "exec/terminal-into-a-container-without-one",
        title: "exec with a terminal into a container without one",
        requirement: "the process has a working controlling terminal on 0, 1 and 2, and no /dev/console appears",
        why: "services run without a terminal, and `exec -t` is how they are debugged; /dev/console belongs to the \
              first process alone",
        level: Level::Convention,
        references: &[SPEC_CONFIG.at("#process"), SPEC_LINUX.at("#default-devices")],
        covers: &["J04"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("session of /dev/tty", &["exec-same-session"]),
            ("lstat of /dev/console", &["exec-remounts-console"]),
        ],
        body: |t| {
            let c = t.container()?.without_terminal().start()?;
            let mut exec = c.exec()?.start()?;
            let seen = exec.probe.observe()?;
            let refusals = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.terminal.clone().err()));
            t.equal("errors of tcgetattr on 0, 1 and 2", refusals, [Some(None); 3])?;
            let session = seen.controlling_terminal.clone().and_then(|tty| tty.session);
            t.equal("session of /dev/tty", session, Ok(seen.process.pid))?;
            exec.terminal()?.types("a line\n")?;
            t.equal_bytes("a line read from 0", &exec.probe.read(0)?, b"a line\n")?;
            exec.probe.write(1, b"output")?;
            exec.terminal()?.receives("a line\r\noutput")?;
            t.equal("lstat of /dev/console", exec.probe.try_lstat("/dev/console")?, Err(Errno(ENOENT)))
        },
    },
    Case {
        id: "exec/without-terminal-none-in-sight",
        title: "exec without a terminal into a container with one, and write to descriptors 1 and 2",
        requirement: "the bytes come out apart and untranslated at the caller, and none at the container's terminal",
        why: "`exec ... tar c . > backup.tar` must give the bytes as they are: a terminal would add carriage returns \
              and mix in messages",
        level: Level::Convention,
        references: &[TERMINALS.at("#pass-through")],
        covers: &["J05", "D13"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("standard output", &["exec-without-tty-gets-terminal", "stdio-crossed"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut exec = c.exec()?.without_terminal().start()?;
            exec.probe.write(1, b"\x00output\n")?;
            exec.probe.write(2, b"complaint\n")?;
            exec.probe.end(Ending::Exit(0))?;
            let streams = exec.streams()?;
            t.equal_bytes("standard output", &streams.stdout.receives_rest()?, b"\x00output\n")?;
            t.equal_bytes("standard error", &streams.stderr.receives_rest()?, b"complaint\n")?;
            c.has_nothing_left_over().map_err(Stop::from)
        },
    },
    Case {
        id: "exec/terminal-by-flag-with-stdin-dev-null",
        title: "exec with the flag for a terminal from a script that somebody runs at a terminal: standard input is \
                /dev/null, the others are pipes",
        requirement: "the process has a terminal on 0, 1 and 2, and its output reaches the caller",
        why: "scripts call `exec -t ... < /dev/null` and keep the output; runtimes have failed there or lost it",
        level: Level::Convention,
        references: &[TERMINALS.at("#foreground"), TERMINALS.at("#new-terminal")],
        covers: &["J06"],
        needs: &[Need::Terminal, Need::Exec, Need::ExecTerminalFlag],
        caught_by: &[("the answer of the process", &["relay-needs-terminal", "relay-ends-with-input"])],
        body: |t| {
            let c = t.container()?.start()?;
            let caller =
                Caller::at_a_terminal().stdin(CallerStream::Null).stdout(CallerStream::Pipe).stderr(CallerStream::Pipe);
            let mut exec = c.exec()?.foreground_called("TTY ID WORDS", caller)?;
            let mut probe = exec.probe()?;
            let seen = probe.observe()?;
            let refusals = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.terminal.clone().err()));
            t.equal("errors of tcgetattr on 0, 1 and 2", refusals, [Some(None); 3])?;
            probe.write(1, b"captured")?;
            // By then the relay has met the end of its standard input.
            exec.streams.stdout.receives(b"captured")?;
            probe.write(2, b" too")?;
            probe.end(Ending::Exit(0))?;
            t.equal_bytes("standard output after that", &exec.returns()?.stdout, b" too")
        },
    },
    Case {
        id: "exec/console-size-applies",
        title: "exec with a terminal and process.consoleSize of 37 rows and 113 columns",
        requirement: "the process meets a terminal of that size, and the first process's keeps its own",
        why: "an editor that starts at 0 x 0 or with the axes swapped draws garbage until the window is resized",
        level: Level::Convention,
        references: &[SPEC_CONFIG.at("#process"), manual("ioctl_tty(2), TIOCGWINSZ")],
        covers: &["G02", "G18", "G19"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("size of the process's terminal", &["exec-size-ignored", "console-size-swapped"]),
            ("size of the first process's terminal", &["exec-changes-init-size"]),
        ],
        body: |t| {
            let mut c = t.container()?.console_size(Size::new(41, 97)).start()?;
            let mut exec = c.exec()?.console_size(Size::new(37, 113)).start()?;
            t.equal("size of the process's terminal", exec.probe.size(0)?, Size::new(37, 113))?;
            t.equal("size at its master", exec.terminal()?.size()?, Size::new(37, 113))?;
            t.equal("size of the first process's terminal", c.probe.size(0)?, Size::new(41, 97))
        },
    },
    Case {
        id: "exec/callers-terminal-stays-outside",
        title: "exec with a terminal in the foreground of somebody's terminal, and look at the process's descriptors",
        requirement: "none is the caller's terminal; 0, 1 and 2 are of the container's devpts",
        why: "with the caller's terminal a process in the container can push keystrokes into its shell (TIOCSTI)",
        level: Level::Security,
        references: &[TERMINALS.at("#foreground"), manual("ioctl_tty(2), TIOCSTI")],
        covers: &["D19", "J01"],
        needs: &[Need::Terminal, Need::Foreground, Need::Exec],
        caught_by: &[("filesystem that holds 0, 1 and 2", &["exec-in-host-devpts"])],
        body: |t| {
            let c = t.container()?.start()?;
            let mut exec = c.exec()?.foreground(Caller::at_a_terminal())?;
            let seen = exec.probe()?.observe()?;
            let callers = exec.callers_terminal()?;
            let leaked: Vec<_> = seen.descriptors.iter().filter(|fd| fd.status.file() == callers).collect();
            t.equal("descriptors that are the caller's terminal", leaked, Vec::new())?;
            let devpts = seen.mount_at("/dev/pts").map(|mount| Some(mount.device));
            let devices = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| Some(fd.status.device)));
            t.equal("filesystem that holds 0, 1 and 2", devices, [devpts; 3])
        },
    },
    Case {
        id: "exec/entry-goes-with-the-master",
        title: "exec with a terminal, end the process, and then close the master",
        requirement: "the master hangs up when the process has ended, and the entry of /dev/pts is gone when it is closed",
        why: "whoever still holds the master or the slave keeps the pty: after thousands of health checks, no terminal \
              can be had in the container or on the machine",
        level: Level::Convention,
        references: &[manual("pty(7)"), DEVPTS],
        covers: &["J03"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("entries after it", &["exec-entry-stays"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let before = c.probe.list("/dev/pts")?.len();
            let mut exec = c.exec()?.start()?;
            t.equal("entries while it runs", c.probe.list("/dev/pts")?.len(), before + 1)?;
            exec.probe.write(1, b"last words")?;
            exec.probe.end(Ending::Exit(0))?;
            t.equal_bytes("bytes until the hang-up", &exec.terminal()?.receives_rest()?, b"last words")?;
            drop(exec);
            t.equal("entries after it", c.probe.list("/dev/pts")?.len(), before)
        },
    },
    Case {
        id: "exec/output-of-a-process-that-has-ended",
        title: "exec --detach a process with a terminal that prints and ends, wait for its end, and read the master then",
        requirement: "everything that it printed is there",
        why: "engines exec short programs and read afterwards: `exec -d -t ID date` printed nothing",
        level: Level::Convention,
        references: &[issue("runc issue 1302", "https://github.com/opencontainers/runc/issues/1302"), manual("pty(7)")],
        covers: &["F16"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("bytes until the hang-up", &["exec-shares-init-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let printing = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: PRINTED };
            let before = c.probe.list("/proc")?.len();
            let (terminal, _) = c.exec()?.performing(&[printing.into()]).start_unattended()?;
            let mut terminal = terminal.ok_or_else(|| Stop::Error("no terminal".to_owned()))?;
            let deadline = Instant::now() + t.patience();
            while c.probe.list("/proc")?.len() > before && Instant::now() < deadline {}
            t.equal("entries of /proc after its end", c.probe.list("/proc")?.len(), before)?;
            let pattern = Bytes::pattern(Lines::Unbroken, PRINTED).0;
            t.equal_bytes("bytes until the hang-up", &terminal.receives_rest()?, &pattern)
        },
    },
    Case {
        id: "exec/entry-goes-when-the-runtime-returns",
        title: "exec with a terminal in the foreground, end the process, and wait for the runtime's return",
        requirement: "the entry of /dev/pts is there while the process runs, and gone when the runtime has returned",
        why: "a pty that outlives its exec is a leak; the number of ptys of a machine is limited",
        level: Level::Convention,
        references: &[manual("pty(7)"), DEVPTS],
        covers: &["J03"],
        needs: &[Need::Terminal, Need::Foreground, Need::Exec],
        caught_by: &[("entries after it", &["exec-entry-stays"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let before = c.probe.list("/dev/pts")?.len();
            let mut exec = c.exec()?.foreground(Caller::at_a_terminal())?;
            let mut probe = exec.probe()?;
            t.equal("entries while it runs", c.probe.list("/dev/pts")?.len(), before + 1)?;
            probe.end(Ending::Exit(0))?;
            exec.returns()?;
            t.equal("entries after it", c.probe.list("/dev/pts")?.len(), before)
        },
    },
];

/// Less than a terminal holds while nobody reads.
const PRINTED: usize = 3000;
