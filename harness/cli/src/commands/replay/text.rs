//! What was said on a terminal, as text that does nothing to another one.

use ptyproof_report::{Direction, Entry, escaped};

/// Makes text of pieces, one after another.
pub struct Text {
    coloured: bool,
    at_line_start: bool,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl Text {
    /// With colours, or with signs in their place.
    pub fn new(coloured: bool) -> Self {
        Self { coloured, at_line_start: true, begun: Vec::new() }
    }

    /// Before the first piece.
    pub fn headline(&self, name: &str) -> String {
        let signs =
            if self.coloured { format!("{} is typed", self.typed("this")) } else { "<\"this\"> is typed".to_owned() };
        format!("--- {name} ({signs}, {} what is not shown as it is) ---\n", self.dim("\\n"))
    }

    /// The next piece.
    pub fn piece(&mut self, entry: &Entry) -> String {
        match entry.direction {
            Direction::Received => self.received(&entry.bytes),
            Direction::Typed => {
                let rest = self.rest();
                self.at_line_start = false;
                rest + &self.typed(&escaped(&entry.bytes))
            }
            Direction::Remark => {
                let rest = self.rest() + self.new_line();
                self.at_line_start = true;
                format!("{rest}{}\n", self.dim(&format!("* {:.1} ms: {}", entry.at_ms, escaped(&entry.bytes))))
            }
        }
    }

    /// Behind the last piece.
    pub fn end(&mut self) -> String {
        let rest = self.rest() + self.new_line();
        self.at_line_start = true;
        rest
    }

    fn new_line(&self) -> &'static str {
        if self.at_line_start { "" } else { "\n" }
    }

    /// What has begun and does not go on.
    fn rest(&mut self) -> String {
        let begun = std::mem::take(&mut self.begun);
        if begun.is_empty() { String::new() } else { self.dim(&escaped(&begun)) }
    }

    fn received(&mut self, bytes: &[u8]) -> String {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut text = String::new();
        let mut chunks = all.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            for c in chunk.valid().chars() {
                text.push_str(&self.character(c));
                self.at_line_start = c == '\n';
            }
            let invalid = chunk.invalid();
            let goes_on = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if chunks.peek().is_none() && goes_on {
                self.begun = invalid.to_vec();
            } else if !invalid.is_empty() {
                text.push_str(&self.dim(&escaped(invalid)));
                self.at_line_start = false;
            }
        }
        text
    }

    fn character(&self, c: char) -> String {
        match c {
            '\n' => self.dim("\\n") + "\n",
            ' '..='~' if c != '\\' => c.to_string(),
            _ if c.is_ascii() => self.dim(&escaped(&[c as u8])),
            // The same characters as everywhere: no control, nothing that cannot be seen or turns the direction of writing.
            _ if c.escape_debug().count() == 1 => c.to_string(),
            _ => self.dim(&c.escape_debug().to_string()),
        }
    }

    fn typed(&self, text: &str) -> String {
        if self.coloured { format!("\x1b[7m{text}\x1b[0m") } else { format!("<\"{text}\">") }
    }

    fn dim(&self, text: &str) -> String {
        if self.coloured { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(coloured: bool, pieces: &[(Direction, &[u8])]) -> String {
        let mut text = Text::new(coloured);
        let entries =
            pieces.iter().map(|(direction, bytes)| Entry { at_ms: 1.0, direction: *direction, bytes: bytes.to_vec() });
        let shown: String = entries.map(|entry| text.piece(&entry)).collect();
        shown + &text.end()
    }

    use Direction::{Received, Remark, Typed};

    #[test]
    fn typed_keys_and_remarks_are_told_from_what_came() {
        let pieces: &[(Direction, &[u8])] = &[(Typed, b"ls\r"), (Received, b"ls\r\na\\b"), (Remark, b"hang-up")];
        assert_eq!(shown(false, pieces), "<\"ls\\r\">ls\\r\\n\na\\\\b\n* 1.0 ms: hang-up\n");
        assert_eq!(
            shown(true, pieces),
            "\x1b[7mls\\r\x1b[0mls\x1b[2m\\r\x1b[0m\x1b[2m\\n\x1b[0m\na\x1b[2m\\\\\x1b[0mb\n\x1b[2m* 1.0 ms: hang-up\x1b[0m\n"
        );
    }

    #[test]
    fn nothing_that_came_is_obeyed() {
        let hostile = "\x1b]0;t\x07\x1b[2J\u{9b}1m\u{202e}\u{feff}\0\x7f\x0e\u{e9}\u{4e2d}".as_bytes();
        let text = shown(false, &[(Received, hostile), (Typed, hostile), (Remark, hostile)]);
        let obeyed = text.chars().find(|c| c.is_control() && *c != '\n' || "\u{202e}\u{feff}".contains(*c));
        assert_eq!(obeyed, None, "{text:?}");
        assert!(
            text.starts_with("\\x1b]0;t\\x07\\x1b[2J\\u{9b}1m\\u{202e}\\u{feff}\\x00\\x7f\\x0e\u{e9}\u{4e2d}"),
            "{text}"
        );
    }

    #[test]
    fn a_character_in_two_pieces_is_one_and_a_broken_one_is_shown() {
        assert_eq!(shown(false, &[(Received, b"\xe2\x82"), (Received, b"\xac\xff")]), "\u{20ac}\\xff\n");
        assert_eq!(shown(false, &[(Received, b"a\xe2\x82")]), "a\\xe2\\x82\n");
    }
}
