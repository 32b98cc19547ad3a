use super::check::{Terminal, terminal, times};
use crate::cc::{VERASE, VWERASE};
use crate::iflag::{IUTF8, PARMRK};
use crate::lflag::{ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHOPRT};
use crate::oflag::{ONLCR, XTABS};

const WIPED: &str = "\x08 \x08";

fn utf8() -> Terminal {
    terminal().with_iflag(IUTF8)
}

#[test]
fn erase_takes_a_character() {
    terminal().types("ab\x7f\n").echoes("ab\x08 \x08\r\n").reads("a\n");
    terminal().with_cc(VERASE, b'#').types("ab#\n").echoes("ab\x08 \x08\r\n").reads("a\n");
    terminal().without_lflag(ECHO).types("ab\x7f\n").echoes("").reads("a\n");
}

#[test]
fn nothing_is_erased_on_an_empty_line() {
    terminal().types("\x7f\x15\x17").echoes("");
    terminal().types("a\n\x7f\n").echoes("a\r\n\r\n").reads("a\n").reads("\n");
    terminal().types("a\x04\x7f\n").reads("a").reads("\n");
}

#[test]
fn control_characters_are_wiped_by_what_they_took() {
    terminal().types("\x01\x7f").echoes("^A\x08 \x08\x08 \x08");
    terminal().without_lflag(ECHOCTL).types("\x01\x7f").echoes("\x01");
}

#[test]
fn without_echoe_the_erase_character_is_shown() {
    terminal().without_lflag(ECHOE).types("ab\x7f\n").echoes("ab^?\r\n").reads("a\n");
    terminal().without_lflag(ECHOE | ECHOCTL).types("ab\x7f\n").echoes("ab\x7f\r\n").reads("a\n");
}

#[test]
fn tabs_are_wiped_to_the_column_before() {
    terminal().types("\t\x7f").echoes("\t\x08\x08\x08\x08\x08\x08\x08\x08");
    terminal().types("abc\t\x7f").echoes("abc\t\x08\x08\x08\x08\x08");
    terminal().types("\x01\t\x7f").echoes("^A\t\x08\x08\x08\x08\x08\x08");
    terminal().types("\tab\t\x7f").echoes("\tab\t\x08\x08\x08\x08\x08\x08");
    terminal().types("abc\t\t\x7f").echoes("abc\t\t\x08\x08\x08\x08\x08\x08\x08\x08");
    utf8().types("\u{e9}\t\x7f").echoes("\u{e9}\t\x08\x08\x08\x08\x08\x08\x08");
}

#[test]
fn tabs_are_wiped_from_where_the_line_began() {
    let prompt = || terminal().writes("$ ").echoes("$ ");
    prompt().types("\t\x7f").echoes("\t\x08\x08\x08\x08\x08\x08");
    prompt().types("a\t\x7f").echoes("a\t\x08\x08\x08\x08\x08");
    let line_feed = terminal().without_oflag(ONLCR).writes("abc\n").types("\t\x7f");
    line_feed.echoes("abc\n\t\x08\x08\x08\x08\x08");
}

#[test]
fn columns_are_wiped_too() {
    let expands = terminal().with_oflag(XTABS).types("ab\x7f\t").echoes("ab\x08 \x08       ");
    expands.types("\x7f").echoes("\x08\x08\x08\x08\x08\x08\x08");
}

#[test]
fn utf8_is_erased_by_characters() {
    utf8().types("a\u{e9}\x7f\n").echoes("a\u{e9}\x08 \x08\r\n").reads("a\n");
    utf8().types("\u{4e2d}\x7f\n").echoes("\u{4e2d}\x08 \x08\r\n").reads("\n");
    utf8().types(b"\x80\x81\x7f\n").echoes(b"\x80\x81\r\n").reads(b"\x80\x81\n");
    utf8().types(b"\x80\x15\n").reads(b"\x80\n");
    terminal().types("\u{e9}\x7f\n").echoes(b"\xc3\xa9\x08 \x08\r\n").reads(b"\xc3\n");
    terminal().types(b"\x80\x7f\n").reads("\n");
}

#[test]
fn word_erase() {
    let erased = |line: &str, left: &str| {
        terminal().types(format!("{line}\x17\n")).reads(format!("{left}\n"));
    };
    erased("hello hi", "hello ");
    erased("foo.bar  ", "foo.");
    erased("x a_b1", "x ");
    erased("_", "");
    erased("  ", "");
    erased("a-", "");
    erased("a\tb", "a\t");
    terminal().with_cc(VWERASE, b'!').types("a b!\n").echoes("a b\x08 \x08\r\n").reads("a \n");
}

#[test]
fn word_erase_asks_latin_1() {
    terminal().types(b" \xe9t\xe9\x17\n").reads(" \n");
    terminal().types(b"a\xd7b\x17\n").reads(b"a\xd7\n");
    // Lead bytes of most letters are letters, that of Hebrew is the multiplication sign.
    utf8().types("a \u{e9}\u{e9}\x17\n").reads("a \n");
    utf8().types("\u{5d0}\u{5d1} \u{5d2}\u{5d3}\x17\n").reads("\n");
}

#[test]
fn kill_wipes_the_line() {
    terminal().types("ab\x01\x15c\n").echoes(format!("ab^A{}c\r\n", times(4, WIPED))).reads("c\n");
    terminal().types("a\nb\x15\n").reads("a\n").reads("\n");
}

#[test]
fn kill_is_shown_when_it_does_not_wipe() {
    terminal().without_lflag(ECHOKE).types("ab\x15c").echoes("ab^U\r\nc");
    terminal().without_lflag(ECHOE).types("ab\x15c").echoes("ab^U\r\nc");
    terminal().without_lflag(ECHOK).types("ab\x15c").echoes("ab^Uc");
    let silent = terminal().without_lflag(ECHO).types("ab\x15").with_lflag(ECHO);
    silent.types("\n").echoes("\r\n").reads("\n");
}

#[test]
fn erasing_for_paper() {
    let prints = || terminal().with_lflag(ECHOPRT);
    prints().types("abc\x7f\x7fx\n").echoes("abc\\cb/x\r\n").reads("ax\n");
    prints().types("ab\x7f\x7f").echoes("ab\\ba/");
    prints().types("ab\x15c").echoes("ab\\ba/c");
    prints().types("a\x01\x7f").echoes("a^A\\^A");
    prints().without_lflag(ECHOKE).types("ab\x7f\x15").echoes("ab\\b/^U\r\n");
    prints().types("ab\x7f").types("\x03").types("c").echoes("ab\\b^Cc");
}

#[test]
fn a_line_of_4097_passes_for_one_of_one() {
    let line = || {
        let marked = terminal().with_iflag(PARMRK).types(times(1791, "x"));
        marked.types([0xff; 1155]).types("q")
    };
    // The line's end lies over its beginning.
    let overtaken = [b"\xffq\xff", times(1788, "x").as_bytes(), &[0xff; 2304], b"\n"].concat();
    line().types("\x15").types("\n").reads(overtaken);
}
