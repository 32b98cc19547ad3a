use super::check::terminal;
use crate::cc::{VEOF, VEOL, VEOL2, VERASE, VINTR, VKILL, VSTART, VSTOP};
use crate::iflag::{ICRNL, IGNCR, INLCR, IXON};
use crate::lflag::{ECHO, ECHOCTL, ECHONL, ECHOPRT, ICANON, IEXTEN, ISIG};
use crate::{Flow, Side, Signal};

#[test]
fn zero_switches_a_character_off() {
    terminal().types("a\0b\n").echoes("a^@b\r\n").reads("a\0b\n");
    terminal().with_cc(VEOF, 0).types("a\x04\n").echoes("a^D\r\n").reads("a\x04\n");
    terminal().with_cc(VINTR, 0).types("\x03\n").signals([]).reads("\x03\n");
}

#[test]
fn extensions_need_iexten() {
    let plain = || terminal().without_lflag(IEXTEN);
    plain().types("ab\x17\n").echoes("ab^W\r\n").reads("ab\x17\n");
    plain().types("\x16\x04").echoes("^V").reads("\x16");
    plain().types("a\x12\n").echoes("a^R\r\n").reads("a\x12\n");
    plain().with_cc(VEOL2, b'=').types("a=").reads_nothing();
    terminal().with_cc(VEOL2, b'=').types("a=").echoes("a=").reads("a=");
}

#[test]
fn unimplemented_characters_are_data() {
    terminal().types("a\x0f\n").echoes("a^O\r\n").reads("a\x0f\n");
}

#[test]
fn editing_needs_lines() {
    let raw = terminal().without_lflag(ICANON);
    raw.types("a\x7f\x15\x17\x16\x12\x04").echoes("a^?^U^W^V^R^D").reads("a\x7f\x15\x17\x16\x12\x04");
}

#[test]
fn the_first_meaning_wins() {
    let stop = terminal().with_cc(VINTR, 0x13).types("\x13").signals([]);
    stop.writes_only(0, "a").types("\x11").writes("a");
    terminal().with_cc(VKILL, 0x7f).types("ab\x7f\n").reads("a\n");
    terminal().with_cc(VERASE, b'\r').types("a\r").reads("a\n");
    terminal().with_cc(VERASE, b'\n').types("ab\n\x04").reads("a");
    terminal().with_cc(VSTART, 0x03).types("\x03").signals([]).echoes("");
    terminal().with_cc(VSTOP, 0x1c).without_iflag(IXON).types("\x1c").signals([Signal::Quit]);
}

#[test]
fn line_ends_are_mapped() {
    terminal().types("a\r").echoes("a\r\n").reads("a\n");
    terminal().without_iflag(ICRNL).types("a\r\n").echoes("a^M\r\n").reads("a\r\n");
    terminal().with_iflag(IGNCR).types("a\rb\n").echoes("ab\r\n").reads("ab\n");
    terminal().with_iflag(INLCR).types("a\nb\r").echoes("a^Mb\r\n").reads("a\rb\n");
    terminal().with_iflag(INLCR).without_lflag(ICANON).types("\n\r").echoes("^M\r\n").reads("\r\n");
    terminal().without_lflag(ICANON).with_iflag(IGNCR).types("\r\n").reads("\n");
}

#[test]
fn newline_is_echoed_with_echonl() {
    let silent = || terminal().without_lflag(ECHO);
    silent().types("a\n").echoes("").reads("a\n");
    silent().with_lflag(ECHONL).types("a\n").echoes("\r\n").reads("a\n");
    silent().with_lflag(ECHONL).without_lflag(ICANON).types("a\r").echoes("").reads("a\n");
}

#[test]
fn end_of_file_is_neither_echoed_nor_read() {
    terminal().types("abc\x04").echoes("abc").reads("abc").reads_nothing();
    terminal().types("\x04").echoes("").reads("").reads_nothing();
}

#[test]
fn other_ends_of_line_are_echoed_and_read() {
    let other = || terminal().with_cc(VEOL, b'=');
    other().types("a=b").echoes("a=b").reads("a=").reads_nothing();
    other().without_lflag(ECHO).types("=").echoes("").reads("=");
    other().types("=\x7f").echoes("=").reads("=");
}

#[test]
fn literal_next() {
    terminal().types("a\x16\x03\x16\x7f\n").echoes("a^\x08^C^\x08^?\r\n").reads("a\x03\x7f\n").signals([]);
    terminal().types("\x16\nb\n").echoes("^\x08^Jb\r\n").reads("\nb\n");
    terminal().types("\x16\r\n").reads("\r\n");
    terminal().types("\x16").types("\x15").types("\n").reads("\x15\n");
    terminal().without_lflag(ECHOCTL).types("\x16\x03\n").echoes("\x03\r\n").reads("\x03\n");
}

#[test]
fn reprint() {
    terminal().types("a\x01\x12c\n").echoes("a^A^R\r\na^Ac\r\n").reads("a\x01c\n");
    terminal().types("done\n\x12").echoes("done\r\n^R\r\n");
    terminal().without_lflag(ECHO).types("a\x12\n").reads("a\x12\n");
}

#[test]
fn newline_leaves_erasing_open() {
    let prints = || terminal().with_lflag(ECHOPRT);
    prints().types("ab\x7f\n").echoes("ab\\b\r\n").types("c").echoes("/c");
    prints().types("ab\x7f\x16").echoes("ab\\b/^\x08");
    prints().types("ab\x7f\x12").echoes("ab\\b/^R\r\na");
}

#[test]
fn signals_are_sent_in_raw_mode_too() {
    let raw = || terminal().without_lflag(ICANON);
    raw().types("\x03").signals([Signal::Interrupt]).reads_nothing();
    raw().types("\x1c").signals([Signal::Quit]).reads_nothing();
    raw().types("\x1a").signals([Signal::Stop]).reads_nothing();
    raw().without_lflag(ISIG).types("\x03").signals([]).reads("\x03");
}

#[test]
fn mapped_newline_in_raw_mode_is_a_newline() {
    terminal().without_lflag(ICANON).types("a\rb").echoes("a\r\nb");
    let held = terminal().without_lflag(ECHO).flow(Side::Slave, Flow::OutputOff).types("\r");
    held.flow(Side::Slave, Flow::OutputOn).writes("").echoes("").reads("\n");
}
