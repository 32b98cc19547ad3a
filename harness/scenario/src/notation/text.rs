//! The values of vectors as text.

use super::{bytes, step::SIGNALS};
use crate::pattern::{Pattern, Piece};
use ntty::Signal;

/// A string of TOML that is these bytes in the notation.
pub(super) fn quoted(bytes: &[u8]) -> String {
    format!("'{}'", bytes::print(bytes))
}

/// Bytes in the notation.
pub fn bytes_text(bytes: &[u8]) -> String {
    pattern_text(&Pattern::certain(bytes))
}

/// A pattern in the notation.
pub fn pattern_text(pattern: &Pattern) -> String {
    let uncertain = |piece: &Piece| matches!(piece, Piece::Prefix(_));
    match &parts(pattern)[..] {
        [] => quoted(b""),
        [one] if !pattern.pieces().iter().any(uncertain) => one.clone(),
        parts => list(parts.iter().cloned()),
    }
}

pub(super) fn parts(pattern: &Pattern) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Certain(bytes) => parts.extend(runs(bytes)),
            Piece::Prefix(bytes) => parts.push(table(&[("prefix", quoted(bytes))])),
        }
    }
    parts
}

/// What repeats itself over so many bytes is told by how often it does.
const MANY: usize = 24;

/// And is not longer than this.
const LONGEST_UNIT: usize = 8;

/// Bytes as strings and repetitions.
fn runs(bytes: &[u8]) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut plain, mut rest) = (0, 0);
    while rest < bytes.len() {
        let Some((unit, times)) = repetition(&bytes[rest..]) else {
            rest += 1;
            continue;
        };
        if plain < rest {
            parts.push(quoted(&bytes[plain..rest]));
        }
        parts.push(table(&[("repeat", quoted(&bytes[rest..rest + unit])), ("times", times.to_string())]));
        rest += unit * times;
        plain = rest;
    }
    if plain < rest {
        parts.push(quoted(&bytes[plain..]));
    }
    parts
}

/// The shortest beginning of which many follow, and how many.
fn repetition(bytes: &[u8]) -> Option<(usize, usize)> {
    (1..=LONGEST_UNIT.min(bytes.len())).find_map(|unit| {
        let again = bytes.iter().zip(&bytes[unit..]).take_while(|(a, b)| a == b);
        let times = again.count() / unit + 1;
        (times > 3 && unit * times >= MANY).then_some((unit, times))
    })
}

pub(super) fn name<T: PartialEq>(value: T, known: &[(&'static str, T)]) -> &'static str {
    let mut known = known.iter();
    known.find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

/// A key and its value.
pub(super) type Entry = (&'static str, String);

/// The name of a signal in the notation.
pub fn signal_name(signal: Signal) -> &'static str {
    name(signal, &SIGNALS)
}

/// An inline table.
pub(super) fn table(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let entries: Vec<_> = entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}

/// An array.
pub(super) fn list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", Vec::from_iter(values).join(", "))
}
