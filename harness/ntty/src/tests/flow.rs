use super::check::terminal;
use crate::Flow::{InputOff, InputOn, OutputOff, OutputOn};
use crate::Side::{Master, Slave};
use crate::cc::{VSTART, VSTOP};
use crate::iflag::{IXANY, IXON};
use crate::lflag::{ECHO, ICANON};

#[test]
fn stop_and_start_characters() {
    let stopped = terminal().types("a\x13b\n").echoes("").writable(false).writes_only(0, "c");
    stopped.types("\x11").echoes("ab\r\n").writable(true).writes("c").echoes("c").reads("ab\n");
    terminal().without_iflag(IXON).types("\x13\x11\n").echoes("^S^Q\r\n").reads("\x13\x11\n");
    terminal().types("\x11\n").echoes("\r\n").reads("\n");
    let other = terminal().with_cc(VSTOP, b'<').with_cc(VSTART, b'>').types("a<b");
    other.echoes("").types(">").echoes("ab");
}

#[test]
fn one_character_for_both_starts() {
    terminal().with_cc(VSTOP, 0x11).types("\x11").writable(true);
    terminal().types("\x13").with_cc(VSTART, 0x13).types("\x13").writable(true);
}

#[test]
fn any_character_starts() {
    let any = || terminal().with_iflag(IXANY).types("\x13").writable(false);
    any().types("a").echoes("a").writable(true);
    any().types("\x7f").writable(true);
    any().types("\n").echoes("\r\n").writable(true);
    any().types("\x13").writable(false);
    any().without_lflag(ECHO | ICANON).types("a").writable(true).reads("a");
}

#[test]
fn ixon_going_off_starts() {
    terminal().types("\x13").types("a").without_iflag(IXON).echoes("a").writable(true);
    terminal().flow(Slave, OutputOff).without_iflag(IXON).writable(false);
}

#[test]
fn tcflow_holds_output() {
    let held = || terminal().flow(Slave, OutputOff).types("a").writes_only(0, "b");
    held().types("\x11").writable(false).echoes("");
    held().flow(Slave, OutputOn).writable(true).echoes("").writes("b").echoes("ab");
    held().types("\x13").flow(Slave, OutputOn).writable(true);
    terminal().types("\x13").flow(Slave, OutputOn).writable(false);
    terminal().types("\x13").flow(Slave, OutputOff).flow(Slave, OutputOn).writable(true);
}

#[test]
fn slave_asks_the_master() {
    terminal().flow(Slave, InputOff).echoes("\x13").flow(Slave, InputOn).echoes("\x11");
    terminal().flow(Slave, InputOff).writable(true);
    terminal().with_cc(VSTOP, b'!').flow(Slave, InputOff).echoes("!");
    terminal().without_iflag(IXON).flow(Slave, InputOff).echoes("\x13");
    terminal().with_cc(VSTOP, 0).flow(Slave, InputOff).echoes("");
    let stopped = terminal().types("\x13").types("a").flow(Slave, InputOff).echoes("\x13");
    stopped.writable(false).types("\x11").echoes("a");
    terminal().flow(Slave, OutputOff).flow(Slave, InputOff).echoes("");
}

#[test]
fn master_asks_the_slave() {
    let stopped = terminal().flow(Master, InputOff).writable(false);
    stopped.flow(Master, InputOn).writable(true);
    let data = terminal().without_iflag(IXON).flow(Master, InputOff).types("\n");
    data.echoes("^S\r\n").reads("\x13\n");
    let held = terminal().flow(Master, OutputOff).flow(Master, InputOff);
    held.writable(true);
}

#[test]
fn master_holds_its_own_output() {
    let held = terminal().flow(Master, OutputOff).types_only(0, "a").echoes("");
    held.flow(Master, OutputOn).types_only(1, "a").echoes("a");
}
