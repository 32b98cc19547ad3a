//! In what one text differs from another, piece by piece.

use std::ops::Range;

/// More pieces than these are not compared one by one: what is between the common beginning and the common end
/// differs as a whole.
const MOST: usize = 600;

/// The parts of both that differ, as ranges of bytes.
pub(crate) fn differing(one: &str, other: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (a, b) = (pieces(one), pieces(other));
    let text = |text: &'_ str, range: &Range<usize>| text[range.clone()].to_owned();
    let same = |i: usize, j: usize| one[a[i].clone()] == other[b[j].clone()];
    let begin = (0..a.len().min(b.len())).take_while(|&i| same(i, i)).count();
    let left = a.len().min(b.len()) - begin;
    let end = (1..=left).take_while(|&back| same(a.len() - back, b.len() - back)).count();
    let middles = (&a[begin..a.len() - end], &b[begin..b.len() - end]);
    if middles.0.len() > MOST || middles.1.len() > MOST {
        return (whole(middles.0), whole(middles.1));
    }
    let [first, second] = [(one, middles.0), (other, middles.1)]
        .map(|(all, pieces)| pieces.iter().map(|range| text(all, range)).collect::<Vec<_>>());
    let (kept_a, kept_b) = common(&first, &second);
    (joined(middles.0, &kept_a), joined(middles.1, &kept_b))
}

/// Words, escaped bytes, and what is between them.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            '\\' if rest.as_bytes().get(1) == Some(&b'x') => 4,
            '\\' => 2,
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        // What looks like an escaped byte may be cut off, or end within a letter.
        let length = rest.ceil_char_boundary(length.min(rest.len()));
        let at = text.len() - rest.len();
        pieces.push(at..at + length);
        rest = &rest[length..];
    }
    pieces
}

/// Which pieces of each belong to the longest common subsequence.
fn common(a: &[String], b: &[String]) -> (Vec<bool>, Vec<bool>) {
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut kept_a, mut kept_b) = (vec![false; a.len()], vec![false; b.len()]);
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            (kept_a[i], kept_b[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (kept_a, kept_b)
}

/// The pieces that are not kept; those that follow each other are one range.
fn joined(pieces: &[Range<usize>], kept: &[bool]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (piece, _) in pieces.iter().zip(kept).filter(|(_, kept)| !**kept) {
        match ranges.last_mut() {
            Some(last) if last.end == piece.start => last.end = piece.end,
            _ => ranges.push(piece.clone()),
        }
    }
    ranges
}

fn whole(pieces: &[Range<usize>]) -> Vec<Range<usize>> {
    let range = pieces.first().zip(pieces.last()).map(|(first, last)| first.start..last.end);
    range.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(one: &str, other: &str) -> (String, String) {
        let (a, b) = differing(one, other);
        let mark = |text: &str, ranges: &[Range<usize>]| {
            let mut marked = String::new();
            let mut at = 0;
            for range in ranges {
                marked += &format!("{}[{}]", &text[at..range.start], &text[range.clone()]);
                at = range.end;
            }
            marked + &text[at..]
        };
        (mark(one, &a), mark(other, &b))
    }

    #[test]
    fn the_pieces_that_differ_are_marked() {
        for (one, other, first, second) in [
            ("same", "same", "same", "same"),
            (r#""down\nback""#, r#""down\r\nback""#, r#""down\nback""#, r#""down[\r]\nback""#),
            (
                "mode 0620, user 0, group 5",
                "mode 0600, user 0, group 0",
                "mode [0620], user 0, group [5]",
                "mode [0600], user 0, group [0]",
            ),
            (r"\x1b[1m", r"\x1b[2m", r"\x1b[[1m]", r"\x1b[[2m]"),
            ("none", "EPERM", "[none]", "[EPERM]"),
            ("", "x", "", "[x]"),
            ("\\", "\\\u{e9}", "[\\]", "[\\\u{e9}]"),
        ] {
            assert_eq!(marked(one, other), (first.to_owned(), second.to_owned()));
        }
    }

    #[test]
    fn of_much_the_common_ends_stay_unmarked() {
        let (long, longer) = ("a ".repeat(2000), "b ".repeat(4000));
        let (one, other) = (format!("x {long}y"), format!("x {longer}y"));
        let (first, second) = differing(&one, &other);
        assert_eq!((first.first(), second.first()), (Some(&(2..4001)), Some(&(2..8001))));
    }
}
