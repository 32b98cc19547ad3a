use super::check::terminal;
use crate::cc::{VEOL, VERASE, VKILL};
use crate::iflag::{ICRNL, IGNCR, ISTRIP, IUCLC, IXON, PARMRK};
use crate::lflag::{ECHO, ECHONL, EXTPROC, ICANON, IEXTEN, ISIG};
use crate::{Flow, Piece, Signal};

use crate::Side::Slave;

#[test]
fn lines() {
    terminal().types("abc").echoes("abc").reads_nothing().types("\n").echoes("\r\n").reads("abc\n");
    terminal().types("a\0b\n").echoes("a^@b\r\n").reads("a\0b\n");
    terminal().types("\u{e9}\n").echoes("\u{e9}\r\n").reads("\u{e9}\n");
}

#[test]
fn eighth_bit_is_stripped_before_anything_else() {
    let strips = || terminal().with_iflag(ISTRIP);
    strips().types(b"\xe1\x8a").echoes("a\r\n").reads("a\n");
    strips().types(b"\x83").signals([Signal::Interrupt]);
    strips().types(b"a\xff\n").echoes("a\x08 \x08\r\n").reads("\n");
    strips().types(b"\x16\x83\n").echoes("^\x08^C\r\n").reads("\x03\n");
}

#[test]
fn upper_case_is_lowered() {
    let lowers = || terminal().with_iflag(IUCLC);
    lowers().types(b"AZ\xc9\xd7\xde\n").echoes(b"az\xe9\xd7\xfe\r\n").reads(b"az\xe9\xd7\xfe\n");
    lowers().types("\x16A\n").reads("a\n");
    lowers().with_cc(VEOL, b'b').types("aB").reads("ab");
    lowers().with_cc(VEOL, b'B').types("aB").reads_nothing();
    lowers().without_lflag(ICANON).types("A").reads("a");
    lowers().without_lflag(IEXTEN).types("A\n").reads("A\n");
}

#[test]
fn nobody_edits_under_extproc() {
    let extproc = || terminal().with_lflag(EXTPROC);
    extproc().types("a\x7f\x03\n").echoes("").signals([]).reads("a\x7f\x03\n");
    extproc().with_iflag(ISTRIP).types(b"\xe1\x83").echoes("").signals([]).reads("a\x03");
    extproc().with_iflag(IUCLC).types("A").reads("a");
}

#[test]
fn raw_bytes_are_not_looked_at() {
    let raw = || {
        let quiet = terminal().without_lflag(ICANON | ECHO | ISIG);
        quiet.without_iflag(ICRNL | IXON)
    };
    raw().types("\x03\x13\r\x7f\x04").echoes("").signals([]).reads("\x03\x13\r\x7f\x04");
    raw().with_lflag(ECHONL).types("\n").echoes("").reads("\n");
}

#[test]
fn echo_goes_out_at_the_end_of_a_batch() {
    terminal().types("abc\x03").echoes("^C");
    terminal().types("abc").types("\x03").echoes("abc^C");
    let held = || terminal().flow(Slave, Flow::OutputOff).types("a").flow(Slave, Flow::OutputOn);
    held().types("b").echoes("ab");
    held().without_lflag(ECHO).types("b").echoes("");
    held().without_lflag(ECHO).with_lflag(ECHONL).types("b").echoes("").types("\n").echoes("a\r\n");
    held().with_iflag(IGNCR).types("\r").echoes("");
    // A block of 256 bytes: two of them remember where the line began.
    let beginning = "x".repeat(254);
    terminal()
        .types(format!("{beginning}y\x03"))
        .master_reads([Piece::Prefix(beginning.into_bytes()), Piece::Certain(b"^C".to_vec())]);
}

#[test]
fn newline_of_raw_mode_is_a_control_character() {
    let raw = || terminal().without_lflag(ICANON);
    raw().types("\n").echoes("^J").reads("\n");
    raw().types("\r").echoes("\r\n").reads("\n");
    raw().without_lflag(crate::lflag::ECHOCTL).types("\n").echoes("\r\n");
}

#[test]
fn byte_255_is_doubled_with_parmrk() {
    terminal().with_iflag(PARMRK).types(b"a\xff\n").echoes(b"a\xff\r\n").reads(b"a\xff\xff\n");
    terminal().with_iflag(PARMRK).with_cc(VEOL, 0xff).types(b"\xff").reads(b"\xff\xff");
    terminal().with_iflag(PARMRK | ISTRIP).with_cc(VERASE, 0).types(b"\xff\n").reads("\x7f\n");
    terminal().types(b"\xff\n").with_cc(VKILL, 0).reads(b"\xff\n");
}
