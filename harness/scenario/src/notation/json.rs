//! Vectors as JSON, for programs in any language: names are looked up in tables that come along, nothing is escaped twice, and
//! nothing has to be counted.

use super::step::{ENDS, FLOWS, QUEUES, WHEN};
use super::text::{name, signal_name};
use super::{FORMAT, tags};
use crate::change::{Change, Character};
use crate::pattern::{Pattern, Piece};
use crate::vector::{Expected, Outcome, Vector};
use crate::{expectation::Expectation, modes::NAMED, scenario::Action};
use ntty::Termios;
use serde_json::{Map, Value, json};

/// Vectors, each with the name of its file, and the tables of flags and characters that they speak of.
pub fn json<'v>(vectors: impl IntoIterator<Item = (&'v str, &'v Vector)>) -> Value {
    let usual = Termios::default();
    let flags = NAMED.iter().map(|(name, bits)| {
        let fields = [("iflag", bits.iflag), ("oflag", bits.oflag), ("cflag", bits.cflag), ("lflag", bits.lflag)];
        let (field, bits) = fields.into_iter().find(|(_, bits)| *bits != 0).unwrap_or_default();
        ((*name).to_owned(), json!({ "field": field, "bits": bits }))
    });
    let characters = Character::all().map(|one| (one.name().to_owned(), Value::from(one.index())));
    json!({
        "format": FORMAT,
        "flags": flags.collect::<Map<_, _>>(),
        "characters": characters.collect::<Map<_, _>>(),
        "default": {
            "iflag": usual.iflag, "oflag": usual.oflag, "cflag": usual.cflag, "lflag": usual.lflag,
            "characters": characters_of(Character::all().map(|one| (one, usual.cc[one.index()]))),
        },
        "vectors": vectors.into_iter().map(|(file, vector)| self::vector(file, vector)).collect::<Value>(),
    })
}

fn vector(file: &str, vector: &Vector) -> Value {
    json!({
        "id": vector.id,
        "title": vector.title,
        "tags": tags(file, vector),
        "covers": vector.covers,
        "termios": change(&vector.termios),
        "outcomes": vector.outcomes.iter().map(outcome).collect::<Value>(),
    })
}

fn outcome(outcome: &Outcome) -> Value {
    json!({
        "profile": outcome.behaviour.map(|behaviour| behaviour.name()),
        "steps": outcome.steps.iter().map(step).collect::<Value>(),
        "left": outcome.left.as_deref().map(bytes),
    })
}

fn step(step: &Expected) -> Value {
    json!({ "action": step.action.as_ref().map(action), "expect": expectation(&step.expectation) })
}

fn action(action: &Action) -> Value {
    match action {
        Action::Type(typed) => json!({ "type": bytes(typed) }),
        Action::Write(written) => json!({ "write": bytes(written) }),
        Action::Set { change: settings, when, on } => {
            json!({ "termios": change(settings), "when": name(*when, &WHEN), "on": name(*on, &ENDS) })
        }
        Action::Flush { queue, on } => json!({ "flush": name(*queue, &QUEUES), "on": name(*on, &ENDS) }),
        Action::Flow { flow, on } => json!({ "flow": name(*flow, &FLOWS), "on": name(*on, &ENDS) }),
        Action::PacketMode(on) => json!({ "packet": on }),
        Action::Resize(size) => json!({ "size": [size.rows, size.columns, size.width_pixels, size.height_pixels] }),
    }
}

fn change(change: &Change) -> Value {
    json!({
        "clear": change.clear.names(),
        "set": change.set.names(),
        "characters": characters_of(change.characters.iter().map(|(character, value)| (*character, *value))),
    })
}

fn characters_of(values: impl Iterator<Item = (Character, u8)>) -> Map<String, Value> {
    values.map(|(character, value)| (character.name().to_owned(), value.into())).collect()
}

fn expectation(expected: &Expectation) -> Value {
    json!({
        "taken": expected.taken,
        "hold": expected.hold,
        "echo": pattern(&expected.echo),
        "status": expected.status,
        "signals": expected.signals.iter().map(|one| signal_name(*one)).collect::<Value>(),
        "readable": expected.readable,
        "writable": expected.writable,
        "unread": expected.unread,
        "most": expected.most,
        "reads": expected.reads.iter().map(|one| bytes(one)).collect::<Value>(),
        "nothing": expected.nothing,
    })
}

fn pattern(pattern: &Pattern) -> Value {
    let part = |piece: &Piece| match piece {
        Piece::Certain(certain) => Value::from(bytes(certain)),
        Piece::Prefix(whole) => json!({ "prefix": bytes(whole) }),
    };
    pattern.pieces().iter().map(part).collect()
}

/// A character for each byte, U+0000 to U+00FF.
fn bytes(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
