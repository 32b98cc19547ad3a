//! A second program beside one that runs, at a terminal of its own.

use crate::prelude::*;

const DOCKER_EXEC: Reference =
    Reference::document("docker container exec", "https://docs.docker.com/reference/cli/docker/container/exec/");

pub const CASES: &[Case] = &[
    Case {
        id: "engine/exec-has-a-terminal-of-its-own",
        title: "exec a program at somebody's terminal in a container that has a terminal, and compare the two",
        requirement: "all its standard streams are one terminal, which controls its session and is another than the first's",
        why: "who looks into a container must not type at the program that runs there",
        references: &[DOCKER_EXEC],
        covers: &["C12"],
        needs: &[Need::Detached, Need::SecondProgram],
        caught_by: &[
            ("files of the standard streams", &["errors-elsewhere"]),
            ("controlling terminal", &["without-a-session"]),
            ("the terminal", &["exec-at-the-first-terminal"]),
        ],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let mut run = c.exec(Caller::at_a_terminal())?;
            let mut second = run.attached()?;
            let (first, seen) = (c.probe.observe()?, second.observe()?);
            let files = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.file()));
            t.equal("files of the standard streams", files, [files[0]; 3])?;
            let node = seen.descriptor(0).map(|fd| fd.status.node);
            t.equal("controlling terminal", Some(seen.process.terminal), node)?;
            let firsts = first.descriptor(0).map(|fd| fd.status.file());
            t.holds("the terminal", "another one than the first program's", &files[0], |own| *own != firsts)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/exec-has-its-callers-size",
        title: "exec a program from a terminal of 35 rows and 118 columns, and resize that to 41 and 96",
        requirement: "the program's terminal gets the first size, and then the second; that of the first program stays",
        why: "without it, an editor that is started so draws for another window",
        references: &[DOCKER_EXEC],
        covers: &["G07", "G12"],
        needs: &[Need::Detached, Need::SecondProgram],
        caught_by: &[
            ("size at the start", &["size-is-not-told"]),
            ("size after a resize", &["resizes-are-not-told"]),
            ("size of the first program's terminal", &["exec-resizes-the-first-program"]),
        ],
        body: |t| {
            const SIZES: [Size; 2] = [Size::new(35, 118), Size::new(41, 96)];
            let mut c = t.container()?.detached()?;
            let before = c.probe.size(0)?;
            let mut run = c.exec(Caller::at_a_terminal().sized(SIZES[0]))?;
            let mut second = run.attached()?;
            t.equal("size at the start", crate::foreground::comes_to(&mut second, SIZES[0])?, SIZES[0])?;
            run.outer.resize(SIZES[1])?;
            t.equal("size after a resize", crate::foreground::comes_to(&mut second, SIZES[1])?, SIZES[1])?;
            t.equal("size of the first program's terminal", c.probe.size(0)?, before)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/exec-keeps-the-exit-status",
        title: "exec programs at somebody's terminal that exit with status 0 and 42, and that die by SIGTERM",
        requirement: "the client exits with 0, 42 and 143; the caller's terminal is as it was",
        why: "health checks and scripts decide by it",
        references: &[DOCKER_EXEC, manual("signal(7)")],
        covers: &["I04"],
        needs: &[Need::Detached, Need::SecondProgram],
        caught_by: &[
            ("exit status", &["status-is-lost"]),
            ("settings of the caller's terminal", &["terminal-stays-raw"]),
        ],
        body: |t| {
            let c = t.container()?.detached()?;
            for (ending, status) in [(Ending::Exit(0), 0), (Ending::Exit(42), 42), (Ending::Signal(Signal::TERM), 143)]
            {
                let returned = c.exec_performing(&[step::End { ending }.into()], Caller::at_a_terminal())?.returns()?;
                t.equal("exit status", returned.finished.status.code(), Some(status))?;
                t.equal("settings of the caller's terminal", &returned.after.termios, &returned.before.termios)?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/exec-without-a-terminal-passes-pipes",
        title: "exec a program whose caller has pipes, and let it write lines",
        requirement: "they come on standard output as they were written, and nothing on standard error",
        why: "backups and dumps are taken in this way",
        references: &[DOCKER_EXEC],
        covers: &["I03"],
        needs: &[Need::Detached, Need::SecondProgram],
        caught_by: &[("standard output", &["exec-swaps-streams"]), ("standard error", &["exec-talks"])],
        body: |t| {
            let c = t.container()?.detached()?;
            let write = step::Write { descriptor: 1, bytes: Bytes(b"one\ntwo\r\nthree\0\n".to_vec()) };
            let steps = [write.into(), step::End { ending: Ending::Exit(0) }.into()];
            let returned = c.exec_performing(&steps, Caller::without_terminal())?.returns()?;
            t.equal_bytes("standard output", &returned.stdout, b"one\ntwo\r\nthree\0\n")?;
            t.equal_bytes("standard error", &returned.stderr, b"")
        },
        ..Case::TERMINAL
    },
];
