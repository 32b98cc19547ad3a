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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_do_not_survive() {
        assert_eq!(escaped(b"a\x1b[31m\r\n\xff\\"), "a\\x1b[31m\\r\\n\\xff\\\\");
    }
}
