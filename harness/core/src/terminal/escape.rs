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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_one_line_that_no_terminal_obeys() {
        let hostile = "a\u{1b}[2J\u{9b}1m\u{202e}\r\n\0\u{7f} \"\\x1b\" \u{e9}\u{ffff}";
        assert_eq!(
            printable(hostile),
            "a\\u{1b}[2J\\u{9b}1m\\u{202e}\\r\\n\\0\\u{7f} \"\\x1b\" \u{e9}\\u{ffff}"
        );
    }

    #[test]
    fn escape_sequences_do_not_survive() {
        assert_eq!(escaped(b"a\x1b[31m\r\n\xff\\"), "a\\x1b[31m\\r\\n\\xff\\\\");
    }
}
