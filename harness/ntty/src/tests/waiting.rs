use super::check::{Terminal, terminal, times};
use crate::cc::VSTOP;
use crate::iflag::{ISTRIP, IXON};
use crate::lflag::{ECHO, ICANON, ISIG};
use crate::{Queue, Side, Signal};

/// A terminal with a complete line to be read, and no room behind it.
fn full() -> Terminal {
    let line = terminal().types("a\n").types(times(2000, "x")).types(times(2000, "x"));
    line.types(times(93, "x")).echoes(format!("a\r\n{}", times(4093, "x")))
}

#[test]
fn what_waits_comes_with_the_next_read() {
    full().types("b").types("c").echoes("").reads("a\n").echoes("bc");
    full().types("b\n").reads_at_most(1, "a").echoes("b").reads("\n").echoes("\r\n");
}

#[test]
fn signals_wait() {
    full().types("b").types("\x03").signals([]).echoes("").reads("a\n").signals([Signal::Interrupt]);
}

#[test]
fn flow_control_does_not_wait() {
    full().types("\x13").writable(false);
    full().types("\x13").types("\x11").writable(true);
    full().types("b\x13").writable(false).reads("a\n").echoes("").types("\x11").echoes("b");
    full().without_iflag(IXON).types("\x13").writable(true);
}

#[test]
fn flow_control_acts_once() {
    let stopped = full().types("\x11").types("b").types("\x13").writable(false);
    stopped.reads("a\n").writable(false).types("\x11").writable(true).echoes("b");
    // Started by another byte in between: the stop character that waited does not stop again.
    let started = full().types("\x13").writable(false).without_iflag(IXON).with_iflag(IXON);
    started.writable(true).reads("a\n").writable(true);
}

#[test]
fn looking_ahead_is_crude() {
    full().types("\x16\x13").writable(false);
    full().with_cc(VSTOP, 0).types("\0").writable(false);
    terminal().with_cc(VSTOP, 0).types("\0").writable(true);
    full().with_iflag(ISTRIP).types(b"\x93").writable(true).reads("a\n").writable(true);
}

#[test]
fn a_signal_that_waited_disturbs_the_count() {
    let signalled = || full().types("\x03").reads("a\n").signals([Signal::Interrupt]);
    signalled().types("\x13").writable(true);
    signalled().flushes(Side::Slave, Queue::Input).types("\x13").writable(false);
    full().types("bc").flushes(Side::Master, Queue::Output).reads("a\n").types("\x13\x13").writable(true);
}

#[test]
fn what_waits_is_bounded() {
    let raw = terminal().without_lflag(ICANON | ECHO | ISIG).without_iflag(IXON);
    let portion = || times(2048, "x");
    let mut full = raw.types(portion()).types(times(2047, "x")).has_unread(4095);
    for taken in [2048, 2048, 2048, 2048, 2048, 1536, 0] {
        full = full.types_only(taken, portion());
    }
    full.reads(times(4095, "x")).types_only(1, "x");
}

#[test]
fn long_writes_are_cut() {
    let raw = || terminal().without_lflag(ICANON | ECHO | ISIG).without_iflag(IXON);
    raw().types_only(11776, times(14000, "x")).has_unread(4095);
    let full = || raw().types(times(2000, "x")).types(times(2000, "x")).types(times(100, "x"));
    full().types_only(9728, times(14000, "x")).reads(times(4095, "x"));
    // While the queue is full nothing is handed over, however fast that could be.
    full().types_for_certain(Ok(9728), times(14000, "x"));
    raw().types_for_certain(Err(11776), times(14000, "x"));
    raw().types_for_certain(Ok(10000), times(10000, "x"));
    terminal().types_for_certain(Err(2049), times(2048, "x") + "\x03");
    terminal().types_for_certain(Ok(2048), times(2047, "x") + "\x03");
}
