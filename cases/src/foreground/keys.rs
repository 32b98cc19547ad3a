//! Keys that are more than bytes, and sizes.

use crate::prelude::*;

const CAUGHT: Case = Case {
    requirement: "it gets the signal, and lives; the caller gets 9",
    why: "editors and shells catch the key to stop what they do; one that is ended by it instead loses what was typed",
    references: &[manual("termios(3), INTR and QUIT"), POSIX_TERMINALS],
    covers: &["C13"],
    needs: &[Need::Foreground, Need::ControllingTerminal, Need::Input],
    caught_by: &[("signals of the program", &["isig-off"]), ("exit status", &["exit-code-lost"])],
    ..Case::TERMINAL
};

/// A key that the program knows to live with.
fn is_caught(t: &Trial, key: &str, signal: Signal) -> Judgement {
    let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
    let mut probe = run.joined()?;
    probe.catch(&[signal])?;
    run.outer.types(key)?;
    t.equal("signals of the program", probe.next_signals()?, vec![signal])?;
    probe.end(Ending::Exit(9))?;
    t.equal("exit status", run.returns()?.finished.status.code(), Some(9))
}

pub const CASES: &[Case] = &[
    Case {
        id: "foreground/the-interrupt-key-reaches-the-program",
        title: "type ^C to a program that catches SIGINT, and let it exit with status 9",
        body: |t| is_caught(t, "\x03", Signal::INT),
        ..CAUGHT
    },
    Case {
        id: "foreground/the-quit-key-reaches-the-program",
        title: "type ^\\ to a program that catches SIGQUIT, and let it exit with status 9",
        body: |t| is_caught(t, "\x1c", Signal::QUIT),
        ..CAUGHT
    },
    Case {
        id: "foreground/end-of-file-key",
        title: "type ^D at the beginning of a line to a program that reads",
        requirement: "it reads the end of the input, and then what is typed next",
        why: "^D is how one leaves a shell, and ends what is typed into a command",
        references: &[manual("termios(3), EOF")],
        covers: &["H06"],
        needs: &[Need::Foreground, Need::Input],
        caught_by: &[("input is there after ^D", &["veof-wrong"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            run.outer.types("\x04")?;
            t.equal("input is there after ^D", probe.readable_within(0, 2000)?, true)?;
            t.equal_bytes("what is read at ^D", &probe.read(0)?, b"")?;
            run.outer.types("on\r")?;
            t.equal_bytes("what is read afterwards", &probe.read(0)?, b"on\n")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/the-callers-size-is-the-programs",
        title: "run a program from a terminal of 35 rows and 118 columns",
        requirement: "its terminal has that size, at once or after a SIGWINCH",
        why: "a shell in a window of unknown size wraps its lines at the wrong column, until one happens to resize it",
        references: &[manual("TIOCGWINSZ(2const)"), TERMINALS],
        covers: &["G06", "G19"],
        needs: &[Need::Foreground, Need::Output],
        caught_by: &[("size seen by the program", &["caller-size-ignored"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            let mut probe = run.joined()?;
            let seen = comes_to(&mut probe, AT_THE_START)?;
            t.equal("size seen by the program", seen, AT_THE_START)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/a-resize-reaches-the-program",
        title: "resize the caller's terminal to 41 rows and 96 columns while a program runs",
        requirement: "the program's terminal gets that size",
        why: "without it, every program keeps drawing for the old size of the window",
        references: &[manual("TIOCSWINSZ(2const)"), TERMINALS],
        covers: &["G12"],
        needs: &[Need::Foreground, Need::Output],
        caught_by: &[("size seen by the program", &["no-sigwinch"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            let mut probe = run.joined()?;
            run.outer.resize(LATER)?;
            let seen = comes_to(&mut probe, LATER)?;
            t.equal("size seen by the program", seen, LATER)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/a-resize-is-signalled",
        title: "resize the caller's terminal while a program runs that catches SIGWINCH",
        requirement: "it gets SIGWINCH",
        why: "programs ask for the size again only when they are told that it has changed",
        references: &[manual("signal(7), SIGWINCH"), TERMINALS],
        covers: &["G12", "C22"],
        needs: &[Need::Foreground, Need::ControllingTerminal, Need::Output],
        caught_by: &[("signals of the program", &["no-sigwinch"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            let mut probe = run.joined()?;
            probe.catch(&[Signal::WINCH])?;
            run.outer.resize(LATER)?;
            t.equal("signals of the program", probe.next_signals()?, vec![Signal::WINCH])
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/no-pixels-that-nobody-has-said",
        title: "run a program from a terminal of 35 rows, 118 columns and no size in pixels, resize that, and ask the program",
        requirement: "its terminal has no size in pixels either",
        why: "programs that show pictures reckon with it",
        references: &[manual("TIOCSWINSZ(2const)")],
        covers: &["G16"],
        needs: &[Need::Foreground, Need::Output],
        caught_by: &[("size of the program's terminal, pixels included", &["no-sigwinch"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            let mut probe = run.joined()?;
            run.outer.resize(LATER)?;
            comes_to(&mut probe, LATER)?;
            t.equal("size of the program's terminal, pixels included", probe.size(0)?, LATER)
        },
        ..Case::TERMINAL
    },
];

const AT_THE_START: Size = Size::new(35, 118);
const LATER: Size = Size::new(41, 96);

/// The rows and columns of the program's terminal once they are these, or when they still are not after many looks, of which
/// each waits for signals, and so gives the change time to come.
pub(crate) fn comes_to(probe: &mut Probe, size: Size) -> Result<Size, Stop> {
    for _ in 0..40 {
        let seen = probe.size(0)?;
        if (seen.rows, seen.columns) == (size.rows, size.columns) {
            return Ok(size);
        }
        probe.signals_within(50)?;
    }
    Ok(probe.size(0)?)
}
