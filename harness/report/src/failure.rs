//! One result in words: what was done, what must be, what was, and what was said on the terminals.

use super::{CaseResult, Direction, Entry, Evidence, Verdict, escaped, printable};
use std::borrow::Cow;

/// So much of a transcript's end is shown. All of it is in the JSON report.
const PIECES: usize = 12;

/// So many bytes of one piece are shown.
const BYTES: usize = 400;

/// The lines of one result, each `name  value`, with nothing in them that a terminal obeys.
pub(super) fn details(result: &CaseResult) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: &str| {
        lines.push(format!("{name:<12} {}", shortened(&printable(value), CHARACTERS)));
    };
    line("title", &result.title);
    line("requirement", &format!("{} ({})", result.requirement, result.level));
    let known = result.known.as_ref();
    let known_as = known.filter(|_| result.verdict == Verdict::Fail).map(|known| known.observed.as_str());
    let because = known.map(|known| format!("{} <{}>", known.because, known.link));
    for (name, value) in [
        ("reason", result.reason.as_deref()),
        ("expected", result.expected.as_ref().map(Evidence::as_words)),
        ("observed", result.observed.as_ref().map(Evidence::as_words)),
        ("known as", known_as),
        ("known", because.as_deref()),
    ] {
        if let Some(value) = value {
            line(name, value);
        }
    }
    for record in &result.records {
        line("seen", &format!("{}: {}", record.what, record.value));
    }
    for reference in &result.references {
        line("see", reference);
    }
    for left in &result.teardown {
        line("left behind", left);
    }
    if let Some(kept) = &result.kept {
        line("kept", kept);
    }
    lines.extend(transcript(result));
    lines
}

/// What was said on the terminals at last: of each a headline, and beneath it the pieces.
pub(super) fn transcript(result: &CaseResult) -> impl Iterator<Item = String> {
    result.transcript.iter().filter(|(_, entries)| !entries.is_empty()).flat_map(|(name, entries)| {
        let headline = format!("{} (> typed, < received, ms):", printable(name));
        std::iter::once(headline).chain(tail(entries).into_iter().map(|piece| format!("  {piece}")))
    })
}

/// A value may be as long as a container wants; so much of it is shown.
pub(super) const CHARACTERS: usize = 2000;

/// The beginning of a value that is too long to be read: so many characters.
pub(super) fn shortened(value: &str, characters: usize) -> Cow<'_, str> {
    match value.char_indices().nth(characters) {
        None => Cow::Borrowed(value),
        Some((at, _)) => {
            Cow::Owned(format!("{}... ({} bytes more are in the JSON report)", &value[..at], value.len() - at))
        }
    }
}

/// The end of a transcript, a line for each piece: time, direction, bytes.
fn tail(entries: &[Entry]) -> Vec<String> {
    let first = entries.len().saturating_sub(PIECES);
    let cut = (first > 0).then(|| format!("({first} earlier pieces are in the JSON report)"));
    cut.into_iter().chain(entries[first..].iter().map(piece)).collect()
}

fn piece(entry: &Entry) -> String {
    let all = &entry.bytes;
    let shown = escaped(&all[all.len().saturating_sub(BYTES)..]);
    let cut = if all.len() > BYTES { "..." } else { "" };
    let at = entry.at_ms;
    match entry.direction {
        Direction::Typed => format!("{at:>9.1} > \"{cut}{shown}\""),
        Direction::Received => format!("{at:>9.1} < \"{cut}{shown}\""),
        Direction::Remark => format!("{at:>9.1} * {shown}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_read_is_cut_and_says_so() {
        let mut result = super::super::test_results::results().remove(0);
        result.title = "\u{e9}".repeat(2010);
        let cut = format!("{}... (20 bytes more are in the JSON report)", "\u{e9}".repeat(2000));
        assert_eq!(details(&result)[0], format!("title        {cut}"));
    }

    #[test]
    fn the_end_of_a_transcript_is_what_is_shown() {
        let entries: Vec<Entry> = (0..14)
            .map(|number| Entry { at_ms: f64::from(number), direction: Direction::Received, bytes: vec![b'a'; 401] })
            .collect();
        let lines = tail(&entries);
        assert_eq!(lines.len(), 13);
        assert_eq!(lines[0], "(2 earlier pieces are in the JSON report)");
        assert_eq!(lines[1], format!("      2.0 < \"...{}\"", "a".repeat(400)));
    }
}
