//! Bytes as readable text: what is printable stands for itself, the rest is escaped.

/// Why a text is no notation of bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEscape {
    /// A backslash before something that is no escape.
    #[error("unknown escape \\{0}; expected one of \\n \\r \\t \\b \\0 \\e \\\\ \\^ \\xHH")]
    Unknown(char),
    /// `\x` without two hexadecimal digits.
    #[error("\\x must be followed by two hexadecimal digits")]
    Hexadecimal,
    /// A caret before something that is no name of a control character.
    #[error("^{0} is no control character; expected ^@, ^A to ^Z, ^[, ^\\, ^], ^^, ^_ or ^?, or \\^ for a caret")]
    Control(char),
    /// The text ends within an escape.
    #[error("the text ends after {0}; write \\{0} for the character itself")]
    Unfinished(char),
    /// A control character that stands for itself.
    #[error("the control character U+{:04X} must be escaped", u32::from(*.0))]
    Bare(char),
}

/// The bytes that a text means, or where in it (in bytes) which mistake is.
pub fn parse(text: &str) -> Result<Vec<u8>, (usize, BadEscape)> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.char_indices();
    while let Some((place, c)) = rest.next() {
        let wrong = |problem| (place, problem);
        match c {
            '\\' => {
                let (_, escape) = rest.next().ok_or(wrong(BadEscape::Unfinished(c)))?;
                bytes.push(match escape {
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    'b' => 0x08,
                    '0' => 0,
                    'e' => 0x1b,
                    '\\' | '^' => escape as u8,
                    'x' => {
                        let mut digit = || rest.next()?.1.to_digit(16);
                        let value = digit().and_then(|high| Some(high * 16 + digit()?));
                        value.ok_or(wrong(BadEscape::Hexadecimal))? as u8
                    }
                    other => return Err(wrong(BadEscape::Unknown(other))),
                });
            }
            '^' => match rest.next() {
                None => return Err(wrong(BadEscape::Unfinished(c))),
                Some((_, name @ '?'..='_')) => bytes.push(name as u8 ^ 0x40),
                Some((_, other)) => return Err(wrong(BadEscape::Control(other))),
            },
            bare if bare.is_control() => return Err(wrong(BadEscape::Bare(bare))),
            plain => bytes.extend(plain.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Ok(bytes)
}

/// Bytes as a text without quotes of either kind, for a string of TOML.
pub fn print(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\x08' => text.push_str("\\b"),
                '\0' => text.push_str("\\0"),
                '\x1b' => text.push_str("\\e"),
                '\\' => text.push_str("\\\\"),
                '^' => text.push_str("\\^"),
                '\x01'..='\x1a' | '\x7f' => {
                    text.push('^');
                    text.push(char::from(c as u8 ^ 0x40));
                }
                ' '..='~' if c != '\'' && c != '"' => text.push(c),
                c if c.is_alphanumeric() => text.push(c),
                other => {
                    for byte in other.encode_utf8(&mut [0; 4]).bytes() {
                        push_hexadecimal(&mut text, byte);
                    }
                }
            }
        }
        for &byte in chunk.invalid() {
            push_hexadecimal(&mut text, byte);
        }
    }
    text
}

fn push_hexadecimal(text: &mut String, byte: u8) {
    text.push_str(&format!("\\x{byte:02x}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_escape_is_understood() {
        assert_eq!(
            parse(r"\n\r\t\b\0\e\\\x9B^C^[^?^@^\^^\^é"),
            Ok(b"\n\r\t\x08\0\x1b\\\x9b\x03\x1b\x7f\0\x1c\x1e^\xc3\xa9".to_vec())
        );
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        assert_eq!(parse("ab\\q"), Err((2, BadEscape::Unknown('q'))));
        assert_eq!(parse("é\\x4g"), Err((2, BadEscape::Hexadecimal)));
        assert_eq!(parse("\\x4"), Err((0, BadEscape::Hexadecimal)));
        assert_eq!(parse("a^c"), Err((1, BadEscape::Control('c'))));
        assert_eq!(parse("a^"), Err((1, BadEscape::Unfinished('^'))));
        assert_eq!(parse("a\\"), Err((1, BadEscape::Unfinished('\\'))));
        assert_eq!(parse("a\t"), Err((1, BadEscape::Bare('\t'))));
    }

    #[test]
    fn text_is_readable() {
        let bytes = b"a'b\"\x03\x7f\x1c\x1b[1m \xe2\x80\xae\xc3\xa9\xc3\xff^\\";
        assert_eq!(print(bytes), r"a\x27b\x22^C^?\x1c\e[1m \xe2\x80\xaeé\xc3\xff\^\\");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_printed_is_understood(bytes: Vec<u8>, text: String) {
            prop_assert_eq!(parse(&print(&bytes)), Ok(bytes));
            prop_assert_eq!(parse(&print(text.as_bytes())), Ok(text.into_bytes()));
        }
    }
}
