use super::check::{Terminal, terminal, times};
use crate::cc::{VEOF, VMIN, VTIME};
use crate::iflag::PARMRK;
use crate::lflag::{ECHO, EXTPROC, ICANON};

fn raw() -> Terminal {
    terminal().without_lflag(ICANON)
}

#[test]
fn one_line_at_a_time() {
    terminal().types("a\nb\n").reads("a\n").reads("b\n").reads_nothing();
    terminal().types("hello\n").reads_at_most(3, "hel").reads_at_most(3, "lo\n");
    terminal().types("ab\n").reads_at_most(0, "").reads("ab\n");
}

#[test]
fn ends_of_file() {
    terminal().types("abc\x04").reads("abc").reads_nothing();
    terminal().types("\x04\x04").reads("").reads("").reads_nothing();
    terminal().types("abc\x04").reads_at_most(3, "abc").reads_nothing();
    terminal().types("abc\x04\x04").reads_at_most(3, "abc").reads_at_most(3, "").reads_nothing();
    let def = terminal().types("abc\x04def\n").reads_at_most(3, "abc");
    def.reads_at_most(3, "def").reads_at_most(3, "\n");
    terminal().types(times(64, "x") + "\x04").reads_at_most(64, times(64, "x")).reads_nothing();
    terminal().types(times(64, "x") + "\n").reads_at_most(64, times(64, "x")).reads("\n");
}

#[test]
fn raw_reads() {
    raw().types("abc").reads_at_most(2, "ab").reads("c").reads_nothing();
    raw().with_cc(VMIN, 5).types("abc").reads("abc").reads_nothing();
    raw().with_cc(VMIN, 0).reads("").types("a").reads("a").reads("");
    raw().with_cc(VMIN, 0).with_cc(VTIME, 1).reads_nothing();
    terminal().with_cc(VMIN, 0).reads_nothing();
}

#[test]
fn portions_of_64() {
    let typed = times(100, "x");
    raw().types(&typed).reads(&typed);
    raw().with_cc(VMIN, 64).types(&typed).reads(&typed);
    raw().with_cc(VMIN, 65).types(&typed).reads(times(64, "x")).reads(times(36, "x"));
}

#[test]
fn polling() {
    terminal().types("abc").readable(false).types("\n").readable(true).has_unread(4);
    terminal().types("\x04").readable(true).has_unread(0);
    raw().readable(false).types("a").readable(true);
    raw().with_cc(VMIN, 0).readable(false).types("a").readable(true);
    raw().with_cc(VMIN, 2).types("a").readable(false).types("b").readable(true);
    raw().with_cc(VMIN, 2).with_cc(VTIME, 1).types("a").readable(true);
}

#[test]
fn counting() {
    let unread = |typed: &str, count| {
        terminal().types(typed).has_unread(count);
    };
    unread("Hello", 0);
    unread("Hello\x04", 5);
    unread("Hello\x04\x04", 5);
    unread("Hello\x04ther", 5);
    unread("Hello\x04there\x04", 10);
    unread("\x04", 0);
    unread("Hello\r", 6);
    unread("Hello\rther", 6);
    unread("Hello\rthere\r", 12);
    unread("\r", 1);
    raw().types("ab\n").has_unread(3);
    let full = terminal().types(times(2000, "x")).types(times(2000, "x")).types(times(95, "x"));
    full.types("\x04").has_unread(4096);
}

#[test]
fn secrets_are_wiped() {
    let line = terminal().with_iflag(PARMRK).without_lflag(ECHO).types(times(2000, "x")).types(times(2000, "x"));
    let full = line.types(times(93, "x")).types(b"\xff\xff\xff").with_lflag(EXTPROC).has_unread(4097);
    full.reads_at_most(8000, [&b"\xff\xff"[..], &[b'x'; 4091], b"\xff\xff\xff\0"].concat());
    let counted = terminal().with_lflag(EXTPROC).types(times(4096, "y")).reads(times(4096, "y"));
    let lost = counted.without_lflag(ECHO | EXTPROC).reads_at_most(8000, times(4095, "y"));
    lost.reads_at_most(8000, "y".to_owned() + &times(7999, "\0"));
}

#[test]
fn end_of_file_under_extproc() {
    let extproc = || terminal().with_lflag(EXTPROC);
    extproc().types("\x04").reads("").reads_nothing();
    extproc().types("a\x04").reads("a\x04").reads_nothing();
    extproc().types("a\x04").reads_at_most(1, "a").reads("");
    extproc().types("\x04a").reads_at_most(1, "\x04").reads("a");
    extproc().types(times(64, "x") + "\x04").reads(times(64, "x")).reads_nothing();
    extproc().with_cc(VEOF, b'x').types("x").reads("").types("\x04").reads("\x04");
    extproc().without_lflag(ICANON).types("\x04").reads("\x04");
}
