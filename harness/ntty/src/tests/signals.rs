use super::check::terminal;
use crate::cc::VINTR;
use crate::iflag::{IXANY, IXON};
use crate::lflag::{ECHO, ECHOCTL, ISIG, NOFLSH};
use crate::oflag::XTABS;
use crate::{Flow, Piece, Side, Signal, Size};

#[test]
fn characters() {
    terminal().types("\x03").echoes("^C").signals([Signal::Interrupt]).signals([]);
    terminal().types("\x1c").echoes("^\\").signals([Signal::Quit]);
    terminal().types("\x1a").echoes("^Z").signals([Signal::Stop]);
    terminal().types("\x1a\x03\x03").signals([Signal::Interrupt, Signal::Stop]);
    terminal().with_cc(VINTR, b'!').types("!\x03\n").reads("\x03\n").signals([Signal::Interrupt]);
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
    terminal().types("\x13").types("\x03").echoes("^C").writable(true);
    terminal().types("\x13").with_lflag(NOFLSH).types("a").types("\x03").echoes("a^C");
    let held = || terminal().flow(Side::Slave, Flow::OutputOff);
    held().types("\x03").echoes("").writable(false);
    let without = terminal().types("\x13").without_lflag(ECHO).types("\x03");
    without.writable(true);
    let stopped = terminal().without_iflag(IXON).flow(Side::Slave, Flow::OutputOff);
    stopped.types("\x03").writable(false);
}

#[test]
fn window() {
    let size = Size { rows: 24, columns: 80, ..Size::default() };
    let pixels = Size { width_pixels: 640, ..size };
    terminal().size(Size::default()).signals([]);
    terminal().size(size).signals([Signal::WindowChange]).size(size).signals([]);
    let wider = Size { columns: 132, ..size };
    let higher = Size { rows: 25, ..size };
    let sized = || terminal().size(size).signals([Signal::WindowChange]);
    sized().size(pixels).signals([Signal::WindowChange]);
    sized().size(wider).signals([Signal::WindowChange]);
    sized().size(higher).signals([Signal::WindowChange]);
    terminal().without_lflag(ISIG).size(size).signals([Signal::WindowChange]);
    terminal().size(size).size(Size::default()).signals([Signal::WindowChange]);
}
