use super::check::{Terminal, terminal, times};
use crate::iflag::{IMAXBEL, IXON, PARMRK};
use crate::lflag::{ECHO, EXTPROC, ICANON, ISIG};

/// Types bytes in writes that the kernel hands over as one batch each.
fn type_many(mut terminal: Terminal, count: usize, c: u8) -> Terminal {
    for start in (0..count).step_by(1000) {
        terminal = terminal.types(vec![c; 1000.min(count - start)]);
    }
    terminal
}

fn raw() -> Terminal {
    terminal().without_lflag(ICANON | ECHO | ISIG).without_iflag(IXON)
}

#[test]
fn a_long_line_loses_its_end() {
    let long = type_many(terminal(), 6000, b'x').echoes(times(6000, "x"));
    let read = long.types("Q\n").echoes("Q\r\n").reads(times(4095, "x") + "\n");
    read.reads_nothing();
    type_many(terminal(), 4095, b'x').types("\n").reads(times(4095, "x") + "\n");
}

#[test]
fn a_long_line_is_edited_at_its_kept_end() {
    let erased = type_many(terminal(), 6000, b'x').types("\x7fQ\n");
    erased.reads(times(4094, "x") + "Q\n");
    type_many(terminal(), 6000, b'x').types("\x15ab\n").reads("ab\n");
}

#[test]
fn a_long_line_rings_no_bell() {
    let bell = type_many(terminal().with_iflag(IMAXBEL), 4100, b'x');
    bell.echoes(times(4100, "x"));
}

#[test]
fn raw_bytes_wait() {
    let full = type_many(raw(), 4100, b'x').has_unread(4095);
    full.reads(times(4095, "x")).has_unread(5).reads("xxxxx").reads_nothing();
}

#[test]
fn behind_a_line_bytes_wait() {
    let full = type_many(terminal().types("a\n"), 4093, b'x');
    let echoed = full.echoes(format!("a\r\n{}", times(4093, "x")));
    let waiting = echoed.types("yz").echoes("").types("\x03").signals([]);
    waiting.reads("a\n").signals([crate::Signal::Interrupt]);
}

#[test]
fn parmrk_takes_a_third() {
    let marked = type_many(terminal().with_iflag(PARMRK).types("a\n"), 4089, b'x');
    marked.types("yyyyyy").reads("a\n").types("\n").reads(times(4089, "x") + "yyyyyy\n");
    let marked = type_many(raw().with_iflag(PARMRK), 4095, b'x');
    marked.has_unread(4093);
}

#[test]
fn extproc_loses_count() {
    let extproc = terminal().with_lflag(EXTPROC);
    let full = type_many(extproc, 5000, b'x').has_unread(4095);
    full.reads(times(4096, "x")).has_unread(-1).types("z").has_unread(0).reads_nothing();
}
