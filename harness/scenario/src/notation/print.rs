//! Vectors as text, the way that they are written by hand.

use super::bytes;
use super::step::SIGNALS;
use crate::pattern::{Pattern, Piece};
use ntty::Signal;

/// A string of TOML that is these bytes.
fn quoted(bytes: &[u8]) -> String {
    format!("'{}'", bytes::print(bytes))
}

/// Bytes in the notation.
pub fn bytes_text(bytes: &[u8]) -> String {
    pattern_text(&Pattern::certain(bytes))
}

/// A pattern in the notation.
pub fn pattern_text(pattern: &Pattern) -> String {
    let mut parts = Vec::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Certain(bytes) => parts.extend(runs(bytes)),
            Piece::Prefix(bytes) => parts.push(format!("{{ prefix = {} }}", quoted(bytes))),
        }
    }
    let uncertain = |piece: &Piece| matches!(piece, Piece::Prefix(_));
    match &parts[..] {
        [] => quoted(b""),
        [one] if !pattern.pieces().iter().any(uncertain) => one.clone(),
        parts => format!("[{}]", parts.join(", ")),
    }
}

/// As many equal bytes as this are told by their number.
const MANY: usize = 24;

/// Bytes as strings and repetitions.
fn runs(bytes: &[u8]) -> Vec<String> {
    let mut parts = Vec::new();
    let mut plain: Vec<u8> = Vec::new();
    for run in bytes.chunk_by(|a, b| a == b) {
        if run.len() < MANY {
            plain.extend(run);
            continue;
        }
        if !plain.is_empty() {
            parts.push(quoted(&std::mem::take(&mut plain)));
        }
        let (one, times) = (quoted(&run[..1]), run.len());
        parts.push(format!("{{ repeat = {one}, times = {times} }}"));
    }
    if !plain.is_empty() {
        parts.push(quoted(&plain));
    }
    parts
}

/// The name of a signal in the notation.
pub fn signal_name(signal: &Signal) -> &'static str {
    let mut known = SIGNALS.iter();
    known
        .find(|(_, known)| known == signal)
        .map_or("", |(name, _)| name)
}
