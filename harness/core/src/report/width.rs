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

/// `line` in pieces of at most `width` columns, broken at spaces where there are any; every piece but the first
/// is indented by `indent` columns.
pub(super) fn wrap(line: &str, width: usize, indent: usize) -> Vec<String> {
    // On a terminal that is too narrow for sense, a line stays as it is.
    if width < indent + 20 {
        return vec![line.to_owned()];
    }
    let mut pieces = Vec::new();
    let mut rest: Vec<char> = line.chars().collect();
    let mut room = width;
    loop {
        let mut used = 0;
        let fitting = rest.iter().take_while(|&&c| {
            used += columns(c);
            used <= room
        });
        let fitting = fitting.count();
        let prefix = " ".repeat(if pieces.is_empty() { 0 } else { indent });
        if fitting == rest.len() {
            pieces.push(prefix + &rest.iter().collect::<String>());
            return pieces;
        }
        let space = rest[..fitting].iter().rposition(|&c| c == ' ');
        // A break near the beginning would waste the line.
        let at = space
            .filter(|&at| at > fitting / 2)
            .map_or(fitting, |at| at + 1);
        let piece: String = rest.drain(..at).collect();
        pieces.push(prefix + piece.trim_end());
        room = width - indent;
    }
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
        let wrapped = wrap(
            "expected     aaaaaaaaaa bbbbbbbbbb cccccccccccccccccccccccccccccc",
            33,
            13,
        );
        assert_eq!(
            wrapped,
            [
                "expected     aaaaaaaaaa",
                "             bbbbbbbbbb ccccccccc",
                "             cccccccccccccccccccc",
                "             c"
            ]
        );
    }
}
