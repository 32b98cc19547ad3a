//! What the kernel takes a byte for: letters of Latin-1, control characters, parts of UTF-8.
//!
//! The kernel has one table for all languages, and it is Latin-1. That is harmless for ASCII and surprising elsewhere:
//!
//! - Control characters are 0 to 31 and 127. The bytes 128 to 159, control characters of Latin-1, are not: they are
//!   echoed as they are and take a column.
//! - Word erase asks the table about the *first* byte of a UTF-8 character. Most lead bytes happen to be letters of
//!   Latin-1. 0xD7 (most of Hebrew) and 0xF7 are the multiplication and division signs, so Hebrew is no word.
//! - Case mapping adds or takes 32 and so turns ß (0xDF) into ¿ (0xBF) and ÿ (0xFF) into ß.

/// A control character: 0 to 31 and 127, nothing else.
pub(crate) fn is_control(c: u8) -> bool {
    c < 0x20 || c == 0x7f
}

/// A letter or digit of Latin-1.
pub(crate) fn is_alphanumeric(c: u8) -> bool {
    c.is_ascii_digit() || is_upper(c) || is_lower(c)
}

/// The second or a later byte of a character in UTF-8.
pub(crate) fn is_continuation(c: u8) -> bool {
    c & 0xc0 == 0x80
}

/// Upper case to lower case, as `IUCLC` does it.
pub(crate) fn to_lower(c: u8) -> u8 {
    if is_upper(c) { c + 0x20 } else { c }
}

/// Lower case to upper case, as `OLCUC` does it.
pub(crate) fn to_upper(c: u8) -> u8 {
    if is_lower(c) { c - 0x20 } else { c }
}

fn is_upper(c: u8) -> bool {
    matches!(c, b'A'..=b'Z' | 0xc0..=0xd6 | 0xd8..=0xde)
}

fn is_lower(c: u8) -> bool {
    matches!(c, b'a'..=b'z' | 0xdf..=0xf6 | 0xf8..=0xff)
}
