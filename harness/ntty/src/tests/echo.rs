use super::check::{Terminal, terminal};
use crate::cc::VEOL;
use crate::iflag::{IUTF8, IXANY, IXON};
use crate::lflag::{ECHO, ECHOCTL, ECHOPRT, ICANON, NOFLSH};
use crate::oflag::{OCRNL, OLCUC, OPOST, XTABS};
use crate::{Flow, Side};

/// A terminal with echo that waits, and output that is started.
fn waiting(typed: &str) -> Terminal {
    let stopped = terminal().flow(Side::Slave, Flow::OutputOff).types(typed);
    stopped.flow(Side::Slave, Flow::OutputOn).echoes("")
}

#[test]
fn control_characters_are_shown() {
    terminal().types("\x01\x1b\0").echoes("^A^[^@");
    terminal().types("\x16\x7f").echoes("^\x08^?");
    terminal().types("\t").echoes("\t");
    terminal().types(b"\x80\x9f\xff").echoes(b"\x80\x9f\xff");
    terminal().without_lflag(ECHOCTL).types("\x01\x1b").echoes("\x01\x1b");
    terminal().with_cc(VEOL, 0x01).types("a\x01").echoes("a^A");
}

#[test]
fn echo_is_processed_like_output() {
    terminal().types("a\n").echoes("a\r\n");
    terminal().without_oflag(OPOST).types("a\n").echoes("a\n");
    terminal().with_oflag(OLCUC).types("a\x01").echoes("A^A");
    terminal().with_oflag(OCRNL).types("a\x16\r").echoes("a^\x08^M");
}

/// A tab that is expanded shows the column.
#[test]
fn echo_counts_columns() {
    let expands = || terminal().with_oflag(XTABS);
    expands().types("abc\t").echoes("abc     ");
    expands().types("\x01\t").echoes("^A      ");
    expands().types(b"\xff\t").echoes(b"\xff       ");
    expands().types("ab").writes("\t").echoes("ab      ");
    let unprocessed = expands().without_oflag(OPOST).types("ab").types(b"\x01\xff");
    unprocessed.with_oflag(OPOST).writes("\t").echoes(b"ab^A\xff     ");
}

#[test]
fn later_bytes_of_an_erased_character_count_no_column() {
    let prints = terminal().with_oflag(XTABS).with_lflag(ECHOPRT).with_iflag(IUTF8);
    prints.types("\u{e9}\x7f\t").echoes("\u{e9}\\\u{e9}/     ");
    // Without OPOST each byte counts nothing and still is taken back.
    let unprocessed = terminal().with_oflag(XTABS).with_lflag(ECHOPRT).with_iflag(IUTF8);
    let erased = unprocessed.writes("abc").without_oflag(OPOST).types("\u{e9}\x7f");
    erased.with_oflag(OPOST).writes("\t").echoes("abc\u{e9}\\\u{e9}/      ");
}

#[test]
fn stopped_output_holds_echo() {
    terminal().types("\x13").types("abc").echoes("").types("\x11").echoes("abc");
    terminal().types("\x13ab\x11").echoes("ab");
    terminal().with_iflag(IXANY).types("\x13").types("a").echoes("a").types("b").echoes("b");
    terminal().types("\x13").types("a").without_iflag(IXON).echoes("a");
}

#[test]
fn waiting_echo_comes_before_what_follows() {
    waiting("ab").types("c").echoes("abc");
    waiting("ab").writes("c").echoes("abc");
    waiting("ab").writes("").echoes("ab");
    waiting("ab").types("\x03").echoes("^C");
}

#[test]
fn waiting_echo_stays_when_nothing_is_echoed() {
    waiting("ab").without_lflag(ECHO).types("c\n").echoes("").writes("d").echoes("abd");
    let signal = waiting("ab").without_lflag(ECHO).with_lflag(NOFLSH).types("\x03");
    signal.echoes("ab");
    waiting("ab").without_lflag(ECHO | ICANON).types("\x11").echoes("ab");
}

#[test]
fn stopped_output_carries_out_what_sends_nothing() {
    // The column where the line begins is remembered at once, and not where the write ends.
    let stopped = terminal().with_oflag(XTABS).types("\x13").types("\t");
    stopped.types("\x11").types("\x7f").echoes("        \x08\x08\x08\x08\x08\x08\x08\x08");
}
