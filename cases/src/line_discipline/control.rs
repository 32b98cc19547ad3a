//! Characters that end, stop or interrupt.

use crate::references::{POSIX_TERMINALS, manual};
use nix::fcntl::OFlag;
use ptyproof_harness::case::{Case, Level, Need};
use ptyproof_probe::{Bytes, Signal, step};

/// The cases of this file.
pub const CASES: &[Case] = &[END_OF_FILE, PARTIAL_LINE, STOP_AND_START, INTERRUPT];

const END_OF_FILE: Case = Case {
    id: "line-discipline/end-of-file-at-the-start-of-a-line",
    title: "type the end-of-file character (^D) at the start of a line, then a line",
    requirement: "one read returns nothing and the next one the line; nothing of ^D is echoed",
    why: "^D is how interactive input is ended; where it does not work, cat and every interpreter hang",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H08"],
    needs: &[Need::Terminal],
    caught_by: &[("veof-wrong", "the answer of the process"), ("icanon-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("\x04")?;
        container.reads("")?;
        container.types("more\n")?;
        container.receives("more\r\n")?;
        container.reads("more\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const PARTIAL_LINE: Case = Case {
    id: "line-discipline/end-of-file-in-a-line-delivers-it",
    title: "type two letters and the end-of-file character (^D), and ^D again",
    requirement: "one read returns the two letters without a newline, the next one returns nothing",
    why: "programs rely on it to get an unfinished line",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H08"],
    needs: &[Need::Terminal],
    caught_by: &[("veof-wrong", "the answer of the process"), ("icanon-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("ab\x04")?;
        container.receives("ab")?;
        container.reads("ab")?;
        container.types("\x04")?;
        container.reads("")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const STOP_AND_START: Case = Case {
    id: "line-discipline/stop-holds-output-and-start-releases-it",
    title: "type the stop character (^S), let the process write, and type the start character (^Q)",
    requirement: "while output is stopped a write that must not block gets EAGAIN, and after ^Q everything comes, \
                  complete and once",
    why: "^S and ^Q hold a scrolling screen; output that is lost or never released looks like a hang",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H09"],
    needs: &[Need::Terminal],
    caught_by: &[("ixon-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        let settings = container.probe.termios(0)?;
        // Echo is output, too, and would mix with what the process writes.
        container.probe.set_termios(0, settings.without_echo())?;
        let flags = OFlag::O_WRONLY | OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
        let impatient = container.probe.open("/proc/self/fd/1", flags.bits())?.descriptor;
        container.types("\x13after\n")?;
        // Input is taken in order: the line is there, so the stop character was seen before.
        container.reads("after\n")?;
        let refused = container.probe.try_write_all(impatient, b"too early")?;
        let refused = refused.map_err(|errno| errno.to_string());
        t.equal("a write while output is stopped", refused, Err("EAGAIN".to_owned()))?;
        let mut terminal = container.take_terminal()?;
        // This write blocks, and its answer does not come, until the output is released.
        let held = container.probe.begin(step::Write { descriptor: 1, bytes: Bytes(b"held back\n".to_vec()) })?;
        terminal.types("\x11")?;
        terminal.receives("held back\r\n")?;
        held.finish()?;
        container.probe.write(1, b"[nothing before this]")?;
        Ok(terminal.receives("[nothing before this]")?)
    },
};

const INTERRUPT: Case = Case {
    id: "line-discipline/interrupt-is-shown-and-drops-the-line",
    title: "type two letters, the interrupt character (^C), and a line",
    requirement: "^C is shown as ^C, the process gets SIGINT, and reads the later line alone",
    why: "the user must see that the interrupt was taken, and the half line before it must not run",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H10"],
    needs: &[Need::Terminal],
    caught_by: &[
        ("isig-off", "signals of the process"),
        ("vintr-wrong", "signals of the process"),
        ("echoctl-off", "bytes on the terminal"),
    ],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.probe.catch(&[Signal::INT])?;
        container.types("ab")?;
        // Received first, because an interrupt discards output that is still on its way.
        container.receives("ab")?;
        container.types("\x03")?;
        container.receives("^C")?;
        let signals = container.probe.next_signals()?;
        t.equal("signals of the process", signals, vec![Signal::INT])?;
        container.types("cd\n")?;
        container.receives("cd\r\n")?;
        container.reads("cd\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};
