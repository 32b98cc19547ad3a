use super::check::{Terminal, terminal, times};
use crate::cc::VEOL;
use crate::iflag::IUTF8;
use crate::lflag::{ECHO, ECHOCTL, ECHOPRT};

fn stopped() -> Terminal {
    terminal().types("\x13")
}

#[test]
fn oldest_echo_is_dropped() {
    let typed: Vec<u8> = (0..60).flat_map(|n| [b'0' + n % 10; 100]).collect();
    let kept = typed[6000 - 3807..].to_vec();
    let (first, rest) = typed.split_at(2000);
    let (second, third) = rest.split_at(2000);
    stopped().types(first).types(second).types(third).types("\x11").echoes(kept);
}

#[test]
fn operations_are_dropped_whole() {
    let pairs = stopped().types(times(1900, "\x01")).types("\x01\x01\x01\x01\x01");
    pairs.types("\x11").echoes(times(1903, "^A"));
    let wiped = stopped().with_cc(VEOL, 0).types(times(1400, "\t")).types(times(1400, "\x7f"));
    wiped.types("\x11").echoes(times(1269 * 8, "\x08"));
}

#[test]
fn long_lines_are_wiped_in_two_parts() {
    let line = || terminal().types(times(1365, "x")).echoes(times(1365, "x"));
    line().types("\x15").echoes(times(1365, "\x08 \x08"));
    // 4098 bytes: two of them, out of the middle, and 3807 of the rest with the next key.
    let overtaken = line().types("x").echoes("x").types("\x15").echoes(" \x08");
    overtaken.types("a").echoes(format!("{}a", times(1269, "\x08 \x08")));
    // 4095 + 4 bytes: three.
    let reprinted = terminal().types(times(2000, "x")).types(times(2000, "y")).types(times(95, "z"));
    let reprinted = reprinted.echoes(times(2000, "x") + &times(2000, "y") + &times(95, "z"));
    reprinted.types("\x12").echoes("zz");
}

#[test]
fn an_exactly_full_queue_passes_for_empty() {
    let line = terminal().types(times(2000, "x")).types(times(2000, "x")).types(times(93, "x"));
    let full = line.echoes(times(4093, "x")).types("\x12").echoes("");
    full.types("y").echoes(times(3807, "x") + "y");
}

#[test]
fn torn_echo_blocks_the_queue() {
    let line = terminal().types([0xff; 1000]).types([0xff; 1047]).echoes([0xff; 2047]);
    let torn = line.types("\x12").echoes("").writes("w").echoes("w");
    // What comes next completes the torn operation, in the wrong place.
    torn.types("y").echoes("^9");
}

#[test]
fn a_character_of_several_bytes_can_be_torn_from_its_column() {
    let prints = terminal().with_lflag(ECHOPRT).with_iflag(IUTF8);
    prints.types("\u{e9}\x7f").echoes("\u{e9}\\\u{e9}/");
}

#[test]
fn what_goes_around_the_queue_waits_while_nothing_is_echoed() {
    let line = terminal().with_lflag(ECHOPRT).without_lflag(ECHOCTL).types("a\x17a");
    let unfinished = line.types("a\x7f\x16").without_lflag(ECHO);
    let around = times(4083, "\0") + "a\\a/aa\\a";
    unfinished.echoes("a\\a/aa\\a/").writes("").echoes(around).types("a").echoes("");
}
