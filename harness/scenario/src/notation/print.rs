//! Vectors as text, the way that they are written by hand.

use super::step::{ENDS, FLOWS, QUEUES, WHEN};
use super::text::{Entry, bytes_text, list, name, parts, pattern_text, quoted, signal_name, table};
use crate::scenario::{Action, MOST};
use crate::vector::{Expected, Outcome, Vector};
use crate::{change::Change, expectation::Expectation, modes::Modes, pattern::Pattern};
use ntty::Side;

/// A vector as it stands in a file, with a newline at the end.
pub fn vector_text(vector: &Vector) -> String {
    let mut text = String::from("[[vector]]\n");
    let mut line = |key: &str, value: String| text.push_str(&format!("{key} = {value}\n"));
    line("id", basic(&vector.id));
    line("title", basic(&vector.title));
    if !vector.covers.is_empty() {
        line("covers", list(vector.covers.iter().map(|id| basic(id))));
    }
    if !vector.termios.is_empty() {
        line("termios", table(&change(&vector.termios)));
    }
    match &vector.outcomes[..] {
        [only] if only.behaviour.is_none() => text.push_str(&outcome(only)),
        several => {
            for one in several {
                text.push_str("[[vector.outcome]]\n");
                if let Some(behaviour) = one.behaviour {
                    text.push_str(&format!("profile = {}\n", basic(behaviour.name())));
                }
                text.push_str(&outcome(one));
            }
        }
    }
    text
}

fn outcome(outcome: &Outcome) -> String {
    let mut text = String::from("steps = [\n");
    for step in &outcome.steps {
        text.push_str(&format!("  {},\n", step_text(step)));
    }
    text.push_str("]\n");
    if let Some(left) = &outcome.left {
        text.push_str(&format!("left = {}\n", bytes_text(left)));
    }
    text
}

/// A step as it stands in its vector.
pub fn step_text(step: &Expected) -> String {
    let mut entries = step.action.as_ref().map_or(Vec::new(), action);
    entries.extend(expectation(&step.expectation));
    table(&entries)
}

fn action(action: &Action) -> Vec<Entry> {
    let on = |side: &Side| ("on", basic(name(*side, &ENDS)));
    match action {
        Action::Type(bytes) => vec![("type", bytes_text(bytes))],
        Action::Write(bytes) => vec![("write", bytes_text(bytes))],
        Action::Set { change: settings, when, on: side } => {
            let mut entries = change(settings);
            if *when != ntty::Action::Now {
                entries.push(("when", basic(name(*when, &WHEN))));
            }
            if *side != Side::Slave {
                entries.push(on(side));
            }
            vec![("termios", table(&entries))]
        }
        Action::Flush { queue, on: side } => {
            let mut entries = vec![("flush", basic(name(*queue, &QUEUES)))];
            entries.extend((*side != Side::Slave).then(|| on(side)));
            entries
        }
        Action::Flow { flow, on: side } => {
            let mut entries = vec![("flow", basic(name(*flow, &FLOWS)))];
            entries.extend((*side != Side::Slave).then(|| on(side)));
            entries
        }
        Action::PacketMode(on) => vec![("packet", on.to_string())],
        Action::Resize(size) => {
            let mut numbers = vec![size.rows, size.columns];
            if (size.width_pixels, size.height_pixels) != (0, 0) {
                numbers.extend([size.width_pixels, size.height_pixels]);
            }
            vec![("size", list(numbers.iter().map(u16::to_string)))]
        }
    }
}

fn change(change: &Change) -> Vec<Entry> {
    let flags = |key, modes: Modes| {
        let names = modes.names();
        (!names.is_empty()).then(|| (key, list(names.into_iter().map(basic))))
    };
    let mut entries = Vec::new();
    entries.extend(flags("set", change.set));
    entries.extend(flags("clear", change.clear));
    entries.extend(change.characters.iter().map(|(character, value)| {
        let value = match character.is_number() {
            true => value.to_string(),
            false => quoted(&[*value]),
        };
        (character.name(), value)
    }));
    entries
}

fn expectation(expected: &Expectation) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |key, value: Option<String>| entries.extend(value.map(|value| (key, value)));
    add("taken", expected.taken.map(|taken| taken.to_string()));
    add("hold", expected.hold.then(|| "true".to_owned()));
    let echo = (expected.echo != Pattern::nothing()).then(|| pattern_text(&expected.echo));
    add("echo", echo);
    let status = list(expected.status.iter().map(u8::to_string));
    add("status", (!expected.status.is_empty()).then_some(status));
    let signals = list(expected.signals.iter().map(|one| basic(signal_name(*one))));
    add("signals", (!expected.signals.is_empty()).then_some(signals));
    add("readable", expected.readable.map(|yes| yes.to_string()));
    add("writable", expected.writable.map(|yes| yes.to_string()));
    add("unread", expected.unread.map(|count| count.to_string()));
    add("most", (expected.most != MOST).then(|| expected.most.to_string()));
    add("read", reads(&expected.reads));
    add("nothing", expected.nothing.then(|| "true".to_owned()));
    entries
}

fn reads(reads: &[Vec<u8>]) -> Option<String> {
    // In an array of reads, one in several parts is an array of its own.
    match reads {
        [] => None,
        [one] if parts(&Pattern::certain(&one[..])).len() < 2 => Some(bytes_text(one)),
        several => Some(list(several.iter().map(|one| bytes_text(one)))),
    }
}

/// A string of TOML with its own escapes.
fn basic(text: &str) -> String {
    toml::Value::from(text).to_string()
}
