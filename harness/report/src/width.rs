//! Fitting lines into the width of a terminal.

/// Columns that a character takes: more than one for what is not ASCII, to be on the safe side.
fn columns(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// The beginning of `line` that fits into `width` columns; where something is cut off, the end says so.
pub(super) fn fit(line: &str, width: usize) -> String {
    if line.chars().map(columns).sum::<usize>() <= width {
        return line.to_owned();
    }
    let mark = "...";
    let mut left = width.saturating_sub(mark.len());
    let kept = line.chars().take_while(|&c| {
        let fits = columns(c) <= left;
        left = left.saturating_sub(columns(c));
        fits
    });
    kept.chain(mark.chars()).take(width).collect()
}

/// `line` in pieces of at most `width` columns, broken at spaces after the first `indent` columns; every piece but
/// the first is indented by so many. A word that is too long for a line stays whole: it is an address or a value
/// that somebody wants to copy, and terminals go on in the next line by themselves.
pub(super) fn wrap(line: &str, width: usize, indent: usize) -> Vec<String> {
    let (label, words) = match line.char_indices().nth(indent) {
        // On a terminal that is too narrow for sense, a line stays as it is.
        Some((at, _)) if width >= indent + 20 => line.split_at(at),
        _ => return vec![line.to_owned()],
    };
    let mut pieces = vec![label.to_owned()];
    let mut used = indent;
    for word in words.split_inclusive(' ') {
        let needed: usize = word.trim_end().chars().map(columns).sum();
        if used > indent && used + needed > width {
            pieces.push(" ".repeat(indent));
            used = indent;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(word);
        }
        used += word.chars().map(columns).sum::<usize>();
    }
    for piece in &mut pieces {
        piece.truncate(piece.trim_end().len());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_says_so() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefg", 6), "abc...");
        assert_eq!(fit("a\u{e9}\u{e9}\u{e9}", 6), "a\u{e9}...");
        assert_eq!(fit("abcdef", 2), "..");
        assert_eq!(fit("abcdef", 0), "");
    }

    #[test]
    fn nothing_is_lost_by_wrapping() {
        let long = "c".repeat(40);
        let line = format!("expected     aaaaaaaaaa bbbbbbbbbb b {long} d");
        let wrapped = wrap(&line, 33, 13);
        assert_eq!(
            wrapped,
            ["expected     aaaaaaaaaa", "             bbbbbbbbbb b", &format!("             {long}"), "             d",]
        );
    }
}
