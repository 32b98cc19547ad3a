use super::check::{Terminal, terminal, times};
use crate::Action::{Drain, Flush, Now};
use crate::cc::VEOF;
use crate::lflag::{ECHO, ECHOPRT, EXTPROC, ICANON, NOFLSH};

fn raw() -> Terminal {
    terminal().without_lflag(ICANON)
}

#[test]
fn into_raw_mode() {
    terminal().types("ab").without_lflag(ICANON).reads("ab");
    terminal().types("ab\n").without_lflag(ICANON).reads("ab\n");
    terminal().types("abc\x04").without_lflag(ICANON).reads("abc\0");
}

#[test]
fn into_lines() {
    raw().types("cd").with_lflag(ICANON).reads("cd").types("ef\n").reads("ef\n");
    raw().types("cd").with_lflag(ICANON).types("ef\n").reads("cd").reads("ef\n");
    raw().types("a\nb\n").with_lflag(ICANON).reads("a\nb\n");
    raw().types("c\0").with_lflag(ICANON).reads("c").reads_nothing();
    raw().types("cd").with_lflag(ICANON).types("\x7f\x15e\n").reads("cd").reads("e\n");
    raw().with_lflag(ICANON).types("ab\n").reads("ab\n").reads_nothing();
}

#[test]
fn and_back() {
    let twice = terminal().types("ab\ncd").without_lflag(ICANON).types("ef").with_lflag(ICANON);
    twice.reads("ab\ncdef").reads_nothing();
}

#[test]
fn extproc_divides_too() {
    terminal().types("ab").with_lflag(EXTPROC).reads("ab");
    terminal().types("ab").with_lflag(EXTPROC).without_lflag(EXTPROC).reads("ab");
}

#[test]
fn nothing_changes_without_a_switch() {
    terminal().types("ab").with_lflag(NOFLSH).reads_nothing().types("\x7f\n").reads("a\n");
    terminal().types("Test\x04Line\x06").with_cc(VEOF, 0x06).reads("Test").reads_nothing();
    terminal().types("\x16").with_lflag(NOFLSH).types("\x04\n").reads("\x04\n");
}

#[test]
fn a_switch_forgets() {
    let literal = terminal().types("\x16").without_lflag(ICANON).with_lflag(ICANON);
    literal.types("\x04").reads("");
    let erasing = terminal().with_lflag(ECHOPRT).types("ab\x7f").without_lflag(ICANON);
    erasing.types("c").echoes("ab\\bc");
}

#[test]
fn flushing() {
    let typed = || terminal().types("ab\ncd");
    typed().sets(Now, |_| {}).reads("ab\n");
    typed().sets(Drain, |_| {}).reads("ab\n");
    typed().sets(Flush, |_| {}).reads_nothing().types("e\n").reads("e\n");
    let full = terminal().types("a\n").types(times(2000, "x")).types(times(2000, "x"));
    let waiting = full.types(times(93, "x")).types("b\n").reads_at_most(0, "");
    waiting.sets(Flush, |termios| termios.lflag &= !ECHO).reads("b\n");
}
