use super::check::{Terminal, terminal};
use crate::iflag::IUTF8;
use crate::oflag::{OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, XTABS};

/// Expands tabs, which shows the column; newlines stay as they are.
fn expands() -> Terminal {
    terminal().with_oflag(XTABS).without_oflag(ONLCR)
}

#[test]
fn newline() {
    terminal().writes("a\nb").echoes("a\r\nb");
    terminal().writes("\r\n").echoes("\r\r\n");
    terminal().without_oflag(ONLCR).writes("a\nb").echoes("a\nb");
    expands().with_oflag(ONLCR).writes("ab\n\t").echoes("ab\r\n        ");
    expands().writes("ab\n\t").echoes("ab\n      ");
    expands().with_oflag(ONLRET).writes("ab\n\t").echoes("ab\n        ");
}

#[test]
fn carriage_return() {
    expands().writes("ab\r\t").echoes("ab\r        ");
    terminal().with_oflag(ONOCR).writes("\ra\r\r").echoes("a\r");
    terminal().with_oflag(ONOCR | ONLRET).without_oflag(ONLCR).writes("a\n\r").echoes("a\n");
    terminal().with_oflag(OCRNL).writes("a\r").echoes("a\n");
    terminal().with_oflag(OCRNL | ONOCR).writes("\ra\r").echoes("a\n");
    expands().with_oflag(OCRNL).writes("ab\r\t").echoes("ab\n      ");
    expands().with_oflag(OCRNL | ONLRET).writes("ab\r\t").echoes("ab\n        ");
}

#[test]
fn tab() {
    terminal().writes("a\tb").echoes("a\tb");
    expands().writes("a\tb\t").echoes("a       b       ");
    terminal().with_oflag(0o4000).writes("a\tb").echoes("a\tb");
    terminal().with_oflag(0o10000).writes("a\tb").echoes("a\tb");
}

#[test]
fn columns() {
    expands().writes("abc\x08\t").echoes("abc\x08      ");
    expands().writes("\x08\x08a\t").echoes("\x08\x08a       ");
    expands().writes("\x1b[a\t").echoes("\x1b[a      ");
    expands().writes(b"\xc3\xa9\t").echoes(b"\xc3\xa9      ");
    expands().with_iflag(IUTF8).writes(b"\xc3\xa9\t").echoes(b"\xc3\xa9       ");
    expands().writes("ab").writes("\t").echoes("ab      ");
}

#[test]
fn upper_case() {
    let raises = terminal().with_oflag(OLCUC);
    raises.writes(b"az\xe9\xf7\xff\xdf").echoes(b"AZ\xc9\xf7\xdf\xbf");
}

#[test]
fn unprocessed() {
    let raw = expands().with_oflag(ONLCR | OLCUC).without_oflag(OPOST);
    raw.writes("a\t\n\r").echoes("a\t\n\r");
    let counted = expands().without_oflag(OPOST).writes("abc").with_oflag(OPOST);
    counted.writes("\t").echoes("abc        ");
}

#[test]
fn ignored_flags() {
    const FILL_AND_DELAYS: u32 = 0o100 | 0o200 | 0o400 | 0o3000 | 0o20000 | 0o40000 | 0o100_000;
    terminal().with_oflag(FILL_AND_DELAYS).writes("a\n\t\x08\x0b\x0c").echoes("a\r\n\t\x08\x0b\x0c");
}
