//! How a program ends, and what its caller finds then.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "foreground/the-exit-status-is-kept",
        title: "run programs that exit with the statuses 0, 1, 42 and 255",
        requirement: "the caller gets each of them",
        why: "scripts, build tools and engines decide by the exit status",
        references: &[TERMINALS, manual("exit(3)")],
        covers: &["I04"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("exit statuses", &["exit-code-lost"])],
        body: |t| {
            let mut statuses = Vec::new();
            for status in [0, 1, 42, 255] {
                let plan = t.container()?.performing(&[step::End { ending: Ending::Exit(status) }.into()]);
                statuses.push(plan.foreground(Caller::at_a_terminal())?.returns()?.finished.status.code());
            }
            t.equal("exit statuses", statuses, vec![Some(0), Some(1), Some(42), Some(255)])
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/the-callers-terminal-is-as-it-was",
        title: "run a program that writes and exits",
        requirement: "afterwards the caller's terminal has the settings, size and owner that it had, and its streams the flags",
        why: "a terminal that stays raw shows nothing that is typed, and looks broken until it is closed",
        references: &[manual("termios(3)"), manual("fcntl(2), F_SETFL")],
        covers: &["I13"],
        needs: &[Need::Foreground],
        caught_by: &[
            ("settings of the caller's terminal", &["relay-leaves-raw"]),
            ("flags of the caller's streams", &["nonblock-left-on-stdin"]),
        ],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            probe.write(1, b"written")?;
            probe.end(Ending::Exit(0))?;
            is_as_it_was(t, &run.returns()?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/a-raw-program-leaves-the-callers-terminal-alone",
        title: "run a program that switches its terminal to raw mode and exits without switching back",
        requirement: "afterwards the caller's terminal has the settings that it had",
        why: "with a terminal of its own, a program that crashes leaves the caller's as it was",
        references: &[manual("termios(3)")],
        covers: &["I13"],
        needs: &[Need::Foreground, Need::Relay],
        caught_by: &[("settings of the caller's terminal", &["relay-leaves-raw"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            probe.end(Ending::Exit(0))?;
            is_as_it_was(t, &run.returns()?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/a-program-that-is-not-there",
        title: "run a program that does not exist",
        requirement: "the launcher says so, and exits with a status other than 0; the caller's terminal is as it was",
        why: "a typing mistake must not look like success, nor break the terminal at which it is to be mended",
        references: &[manual("execve(2), ENOENT")],
        covers: &["I13", "M02"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("exit status", &["failure-untold"]), ("what is said", &["failure-before-the-program-hidden"])],
        body: |t| {
            let plan = t.container()?.arguments(&["/there/is/no/such/program"]);
            let returned = plan.foreground(Caller::at_a_terminal())?.returns()?;
            let code = returned.finished.status.code();
            t.holds("exit status", "one that is not 0", &code, |code| code.is_some_and(|code| code != 0))?;
            t.holds("what is said", "a message", &returned.output, |said| !said.is_empty())?;
            is_as_it_was(t, &returned)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/the-caller-goes-away",
        title: "hang the caller's terminal up while a program runs that catches SIGHUP",
        requirement: "the program gets SIGHUP or the end of its input, or is ended",
        why: "a window that is closed must not leave what ran in it behind, with nobody who could end it",
        references: &[manual("termios(3)"), manual("signal(7), SIGHUP")],
        covers: &["C18", "I18"],
        needs: &[Need::Foreground, Need::EndsWithCaller, Need::Input],
        caught_by: &[("its input has ended", &["signals-not-forwarded"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            probe.catch(&[Signal::HUP])?;
            let _launcher = run.leave();
            let heard = match probe.next_signals() {
                Err(ProbeError::Gone { .. }) => return Ok(()),
                heard => heard?,
            };
            if heard != [Signal::HUP] {
                // Without a controlling terminal there is no signal.
                t.equal("its input has ended", probe.readable_within(0, 1000)?, true)?;
                let read = probe.try_read(0)?;
                t.holds("what the program reads then", "the end of its input, or EIO", &read, |read| match read {
                    Ok(bytes) => bytes.is_empty(),
                    Err(errno) => errno.0 == nix::libc::EIO,
                })?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
];

/// What a launcher shares with its caller, it leaves as it was.
fn is_as_it_was(t: &Trial, returned: &Returned) -> Judgement {
    let Returned { before, after, .. } = returned;
    t.equal("settings of the caller's terminal", &after.termios, &before.termios)?;
    t.equal("size of the caller's terminal", after.size, before.size)?;
    t.equal("owner, group and mode of the caller's terminal", after.ownership, before.ownership)?;
    t.equal("flags of the caller's streams", after.flags, before.flags)
}
