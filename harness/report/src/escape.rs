//! Showing bytes that came out of a container: they are hostile until escaped.

/// Bytes as readable ASCII: `\n`, `\r`, `\t`, `\\` and `\xHH` for everything that is not printable.
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(byte as char),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// Bytes as escaped text in JSON and the like.
pub(super) mod text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::escaped(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::unescaped(&text)
            .ok_or_else(|| D::Error::custom("expected bytes, escaped as \\n, \\r, \\t, \\\\ and \\xHH"))
    }
}

/// The bytes that [`escaped`] made this text of; none where it made no such text.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'\\' => b'\\',
                b'x' => {
                    let mut digit = || (rest.next()? as char).to_digit(16);
                    u8::try_from(digit()? << 4 | digit()?).ok()?
                }
                _ => return None,
            },
            b' '..=b'~' => byte,
            _ => return None,
        });
    }
    Some(bytes)
}

/// Text as one line that no terminal obeys: control characters, the C1 ones included, and characters that
/// change the direction of writing or cannot be seen become `\n` or `\u{9b}`. Quotes and backslashes stay, for
/// such text often holds values that were quoted before.
pub fn printable(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => line.push(c),
            _ => line.extend(c.escape_debug()),
        }
    }
    line
}

/// Shown in messages, at most so many bytes.
const SHOWN: usize = 400;

/// Bytes in quotes, escaped; of many, their number and those around the position `around`.
pub fn excerpt(bytes: &[u8], around: usize) -> String {
    if bytes.len() <= SHOWN {
        return format!("\"{}\"", escaped(bytes));
    }
    let start = around.min(bytes.len()).saturating_sub(SHOWN / 2);
    let end = bytes.len().min(start + SHOWN);
    format!("{} bytes, from number {start} on \"{}\"", bytes.len(), escaped(&bytes[start..end]))
}

/// The position of the first byte that is not the same in both, which may be the end of one.
pub fn first_difference(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_one_line_that_no_terminal_obeys() {
        let hostile = "a\u{1b}[2J\u{9b}1m\u{202e}\r\n\0\u{7f} \"\\x1b\" \u{e9}\u{ffff}";
        assert_eq!(printable(hostile), "a\\u{1b}[2J\\u{9b}1m\\u{202e}\\r\\n\\0\\u{7f} \"\\x1b\" \u{e9}\\u{ffff}");
    }

    #[test]
    fn escape_sequences_do_not_survive() {
        assert_eq!(escaped(b"a\x1b[31m\r\n\xff\\"), "a\\x1b[31m\\r\\n\\xff\\\\");
    }

    #[test]
    fn every_byte_is_read_back_and_nothing_else_is_read() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(unescaped(&escaped(&all)), Some(all));
        for wrong in ["\\", "\\q", "\\x1", "\\xgg", "\n", "\u{e9}"] {
            assert_eq!(unescaped(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn of_many_bytes_those_around_the_difference_are_shown() {
        let (mut one, other) = (vec![b'a'; 5000], vec![b'a'; 5000]);
        one[3000] = b'b';
        assert_eq!(first_difference(&one, &other), 3000);
        let shown = excerpt(&one, 3000);
        assert!(shown.starts_with("5000 bytes, from number 2800 on \"aaa"));
        assert!(shown.contains("aba"));
        assert_eq!(excerpt(b"ab\n", 1), "\"ab\\n\"");
    }
}
