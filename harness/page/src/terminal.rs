//! What was said on a terminal: as bytes, piece by piece, and as the picture that they leave on a screen.
//!
//! The script of the page plays these same bytes: it reads them back from here.

use crate::html::Html;
use avt::Terminal;
use ptyproof_report::{Direction, Entry, escaped};

/// How wide and high a terminal is of which nothing else is said, as terminals of old are.
const SIZE: (usize, usize) = (80, 24);

/// The picture is that of so many bytes at the end: more than fill a screen, also with many colours.
const PICTURED: usize = 32 * 1024;

/// So many pieces of a terminal are shown: more than people look through, and a program may write each byte by itself.
const PIECES: usize = 2000;

/// A remark that begins so gives a size.
const RESIZED: &str = "size set to ";

/// The transcript of one terminal. Of each piece at most `limit` bytes are shown.
pub(crate) fn terminal(html: &mut Html, name: &str, entries: &[Entry], limit: usize, open: bool) {
    if entries.is_empty() {
        return;
    }
    let number = entries.len();
    let took = entries.last().map_or(0.0, |last| last.at_ms);
    let pieces = if number == 1 { "piece" } else { "pieces" };
    let opened: &[(&'static str, &str)] =
        if open { &[("class", "terminal"), ("open", "")] } else { &[("class", "terminal")] };
    html.element("details", opened, |html| {
        html.with_text("summary", &[], &format!("{name}: {number} {pieces}, {took:.1} ms"));
        html.element("div", &[("class", "beside")], |html| {
            still(html, name, entries);
            html.element("ol", &[("class", "bytes"), ("tabindex", "0"), ("aria-label", "bytes")], |html| {
                let left = number.saturating_sub(PIECES);
                let (head, rest) = entries.split_at(if left > 0 { PIECES / 2 } else { number });
                let (middle, tail) = rest.split_at(left);
                head.iter().for_each(|entry| piece(html, entry, limit));
                if let Some(first) = middle.first() {
                    html.element("li", &[("class", "remark")], |html| {
                        html.with_text("time", &[], &format!("{:.1}", first.at_ms));
                        html.with_text("em", &[], &format!("{left} pieces more are in the JSON report"));
                    });
                }
                tail.iter().for_each(|entry| piece(html, entry, limit));
            });
        });
    });
}

fn piece(html: &mut Html, entry: &Entry, limit: usize) {
    let class = match entry.direction {
        Direction::Typed => "typed",
        Direction::Received => "received",
        Direction::Remark => "remark",
    };
    html.element("li", &[("class", class)], |html| {
        html.with_text("time", &[], &format!("{:.1}", entry.at_ms));
        let bytes = &entry.bytes;
        if bytes.len() <= limit {
            code(html, &escaped(bytes));
            return;
        }
        let (head, tail) = (&bytes[..limit / 2], &bytes[bytes.len() - limit / 2..]);
        code(html, &escaped(head));
        let left = bytes.len() - head.len() - tail.len();
        html.with_text("em", &[], &format!("{left} bytes more are in the JSON report"));
        code(html, &escaped(tail));
    });
}

/// Escaped bytes, in which the escapes stand out.
pub(crate) fn code(html: &mut Html, escaped: &str) {
    html.element("code", &[], |html| {
        let mut rest = escaped;
        while !rest.is_empty() {
            let plain = rest.find('\\').unwrap_or(rest.len());
            html.text(&rest[..plain]);
            rest = &rest[plain..];
            let escapes = escapes(rest);
            if escapes > 0 {
                html.with_text("i", &[], &rest[..escapes]);
                rest = &rest[escapes..];
            }
        }
    });
}

/// How long the escapes are that a text begins with.
fn escapes(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while bytes.get(at) == Some(&b'\\') {
        at += if bytes.get(at + 1) == Some(&b'x') { 4 } else { 2 };
    }
    at.min(text.len())
}

/// The screen at the end, as text.
fn still(html: &mut Html, name: &str, entries: &[Entry]) {
    let (mut columns, mut rows) = SIZE;
    let mut received = Vec::new();
    for entry in entries {
        match entry.direction {
            Direction::Received => received.extend_from_slice(&entry.bytes),
            Direction::Remark => {
                if let Some(size) = size(&entry.bytes) {
                    (rows, columns) = size;
                }
            }
            Direction::Typed => {}
        }
    }
    let label = format!("{name}: the screen at the end");
    let size = format!("{columns}x{rows}");
    let attributes =
        [("class", "still"), ("role", "img"), ("aria-label", label.as_str()), ("data-size", size.as_str())];
    html.element("pre", &attributes, |html| {
        let end = &received[received.len().saturating_sub(PICTURED)..];
        let Ok(mut screen) = Terminal::new(columns, rows) else {
            return;
        };
        screen.feed(String::from_utf8_lossy(end).as_ref());
        let lines: Vec<String> =
            screen.screen().visible_lines().map(|line| line.text().trim_end().to_owned()).collect();
        let last = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        for line in &lines[..last] {
            html.text(line).markup("\n");
        }
    });
}

/// Rows and columns, as far as a screen has them.
fn size(remark: &[u8]) -> Option<(usize, usize)> {
    let remark = std::str::from_utf8(remark).ok()?;
    let (rows, rest) = remark.strip_prefix(RESIZED)?.split_once(" rows x ")?;
    let (columns, _) = rest.split_once(" columns")?;
    let within = |number: &str| number.parse().ok().filter(|number| (1..=500).contains(number));
    Some((within(rows)?, within(columns)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(entries: &[(Direction, &[u8])], limit: usize) -> String {
        let entries =
            entries.iter().map(|(direction, bytes)| Entry { at_ms: 1.0, direction: *direction, bytes: bytes.to_vec() });
        let mut html = Html::default();
        terminal(&mut html, "t", &entries.collect::<Vec<_>>(), limit, false);
        html.into_string()
    }

    #[test]
    fn bytes_stand_with_their_escapes_marked_beside_the_picture() {
        let html = shown(&[(Direction::Typed, b"a"), (Direction::Received, b"\x1b[1mb<\r\n\xff")], 100);
        assert!(html.contains("<code><i>\\x1b</i>[1mb&lt;<i>\\r\\n\\xff</i></code>"), "{html}");
        assert!(html.contains("data-size=\"80x24\">b&lt;\n\u{fffd}\n</pre>"), "{html}");
    }

    #[test]
    fn the_picture_is_as_large_as_the_terminal_was_at_last() {
        let html =
            shown(&[(Direction::Remark, b"size set to 2 rows x 3 columns"), (Direction::Received, b"abcde")], 100);
        assert!(html.contains("data-size=\"3x2\">abc\nde\n</pre>"), "{html}");
        for refused in ["size set to 0 rows x 5 columns", "size set to 65535 rows x 65535 columns", "size"] {
            assert_eq!(size(refused.as_bytes()), None, "{refused}");
        }
    }

    #[test]
    fn of_many_pieces_the_middle_is_left_out() {
        let many = |number: usize| shown(&vec![(Direction::Received, b"a".as_slice()); number], 10);
        assert_eq!(many(2000).matches("<li class=\"received\">").count(), 2000);
        let html = many(2007);
        assert_eq!(html.matches("<li class=\"received\">").count(), 2000);
        assert!(
            html.contains("<li class=\"remark\"><time>1.0</time><em>7 pieces more are in the JSON report</em></li>")
        );
    }

    #[test]
    fn what_is_left_out_is_said() {
        let html = shown(&[(Direction::Received, &[b'a'; 50])], 10);
        assert!(
            html.contains("<code>aaaaa</code><em>40 bytes more are in the JSON report</em><code>aaaaa</code>"),
            "{html}"
        );
    }
}
