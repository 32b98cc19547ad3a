use super::check::terminal;
use crate::cc::VINTR;
use crate::iflag::{IXANY, IXON};
use crate::lflag::{ECHO, ECHOCTL, NOFLSH};
use crate::oflag::XTABS;
use crate::{Flow, Piece, Side, Signal, Size};

#[test]
fn characters() {
    terminal().types("\x03").echoes("^C").is_sent([Signal::Interrupt]).is_sent([]);
    terminal().types("\x1c").echoes("^\\").is_sent([Signal::Quit]);
    terminal().types("\x1a").echoes("^Z").is_sent([Signal::Stop]);
    terminal().types("\x1a\x03\x03").is_sent([Signal::Interrupt, Signal::Stop]);
    terminal().with_cc(VINTR, b'!').types("!\x03\n").reads("\x03\n").is_sent([Signal::Interrupt]);
}

#[test]
fn input_is_dropped() {
    terminal().types("line\npart").types("\x03").types("\n").reads("\n").reads_nothing();
    terminal().types("ab\x03c\n").reads("c\n");
    terminal().with_lflag(NOFLSH).types("ab\x03c\n").echoes("ab^Cc\r\n").reads("abc\n");
}

#[test]
fn echo_of_the_batch_is_dropped() {
    terminal().types("ab\x03c").echoes("^Cc");
    let sent = terminal().with_iflag(IXANY).types("\x13").types("a\x11b\x03");
    sent.master_reads([Piece::Prefix(b"a".to_vec()), Piece::Certain(b"^C".to_vec())]);
}

#[test]
fn echo_of_the_character() {
    terminal().without_lflag(ECHOCTL).types("\x03").echoes("\x03");
    terminal().without_lflag(ECHO).types("\x03").echoes("");
}

#[test]
fn column_stays() {
    let written = terminal().with_oflag(XTABS).writes("ab").types("\x03");
    written.writes("\t").echoes("ab^C    ");
}

#[test]
fn output_restarts() {
    terminal().types("\x13").types("\x03").echoes("^C").is_writable(true);
    terminal().types("\x13").with_lflag(NOFLSH).types("a").types("\x03").echoes("a^C");
    let held = || terminal().flow(Side::Slave, Flow::OutputOff);
    held().types("\x03").echoes("").is_writable(false);
    let without = terminal().types("\x13").without_lflag(ECHO).types("\x03");
    without.is_writable(true);
    let stopped = terminal().without_iflag(IXON).flow(Side::Slave, Flow::OutputOff);
    stopped.types("\x03").is_writable(false);
}

#[test]
fn window() {
    let size = Size { rows: 24, columns: 80, ..Size::default() };
    let pixels = Size { width_pixels: 640, ..size };
    terminal().size(Size::default()).is_sent([]);
    terminal().size(size).is_sent([Signal::WindowChange]).size(size).is_sent([]);
    terminal()
        .size(size)
        .is_sent([Signal::WindowChange])
        .size(pixels)
        .is_sent([Signal::WindowChange]);
    terminal().size(size).size(Size::default()).is_sent([Signal::WindowChange]);
}
