//! Fitting lines into the width of a terminal.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The beginning of `line` that fits into `width` columns; where something is cut off, the end says so.
pub(super) fn fit(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut left = width.saturating_sub(3);
    let kept = line.chars().map_while(|c| {
        left = left.checked_sub(c.width().unwrap_or_default())?;
        Some(c)
    });
    kept.chain("...".chars()).take(width).collect()
}

/// `line` in pieces of at most `width` columns, broken at spaces after the first `indent` columns; every piece but the
/// first is indented by so many. A word that is too long for
/// a line stays whole: it is an address or a value that somebody wants to copy, and terminals go on in the next line by
/// themselves.
pub(super) fn wrap(line: &str, width: usize, indent: usize) -> Vec<String> {
    let (label, words) = match line.char_indices().nth(indent) {
        // On a terminal that is too narrow for sense, a line stays as it is.
        Some((at, _)) if width >= indent + 20 => line.split_at(at),
        _ => return vec![line.to_owned()],
    };
    let indent = " ".repeat(indent);
    let options = Options::new(width)
        .initial_indent(label)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(words, options).into_iter().map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_says_so() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefg", 6), "abc...");
        assert_eq!(fit("a\u{e9}\u{4e16}\u{4e16}", 5), "a\u{e9}...");
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
