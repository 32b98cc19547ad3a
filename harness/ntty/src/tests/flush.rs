use super::check::{Terminal, terminal, times};
use crate::Queue::{Both, Input, Output};
use crate::Side::{Master, Slave};
use crate::lflag::ECHOPRT;

/// A terminal with a complete line to be read, and a line behind it that waits for room.
fn full() -> Terminal {
    let line = terminal().types("a\n").types(times(2000, "x")).types(times(2000, "x"));
    line.types(times(93, "x") + "b").types("c\n").echoes(format!("a\r\n{}", times(4093, "x")))
}

#[test]
fn input_of_the_slave() {
    terminal().types("a\nb").flushes(Slave, Input).types("c\n").reads("c\n").reads_nothing();
    full().flushes(Slave, Input).echoes("").types("d\n").reads("d\n");
    terminal().types("a\x16").flushes(Slave, Input).types("\x04\n").reads("\x04\n");
    let erasing = terminal().with_lflag(ECHOPRT).types("ab\x7f").flushes(Slave, Input);
    erasing.types("c").echoes("ab\\bc");
}

#[test]
fn output_of_the_slave_stays_where_it_is() {
    terminal().writes("abc").flushes(Slave, Output).echoes("abc");
    terminal().types("a").flushes(Slave, Both).echoes("a");
    terminal().types("\x13").types("a").flushes(Slave, Both).types("\x11").echoes("a");
}

#[test]
fn input_of_the_master() {
    terminal().writes("abc").flushes(Master, Input).echoes("");
    terminal().types("a\n").flushes(Master, Input).echoes("").reads("a\n");
}

#[test]
fn output_of_the_master() {
    terminal().types("a\n").flushes(Master, Output).reads("a\n");
    full().flushes(Master, Output).reads("a\n").echoes("").types("\n").reads(times(4093, "x") + "\n");
    full().reads("a\n").echoes("bc\r\n");
}
