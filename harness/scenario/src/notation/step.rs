//! One step: an action and what must come of it.

use super::error::{Parsed, Problem};
use super::source::{Source, Table, Value, kind};
use super::values::{boolean, bytes, change, each, name, number, pattern, reads, yes};
use crate::{expectation::Expectation, pattern::Pattern, scenario::Action, vector::Expected};
use ntty::{Flow, Queue, Side, Signal, Size};

/// The names of signals.
pub const SIGNALS: [(&str, Signal); 4] = [
    ("SIGINT", Signal::Interrupt),
    ("SIGQUIT", Signal::Quit),
    ("SIGTSTP", Signal::Stop),
    ("SIGWINCH", Signal::WindowChange),
];

/// When a change of settings takes effect.
pub const WHEN: [(&str, ntty::Action); 3] =
    [("now", ntty::Action::Now), ("drain", ntty::Action::Drain), ("flush", ntty::Action::Flush)];

/// The ends of a pty.
pub const ENDS: [(&str, Side); 2] = [("slave", Side::Slave), ("master", Side::Master)];

/// What can be flushed.
pub const QUEUES: [(&str, Queue); 3] = [("input", Queue::Input), ("output", Queue::Output), ("both", Queue::Both)];

/// What can be stopped, and go on.
pub const FLOWS: [(&str, Flow); 4] = [
    ("output-off", Flow::OutputOff),
    ("output-on", Flow::OutputOn),
    ("input-off", Flow::InputOff),
    ("input-on", Flow::InputOn),
];

const ACTIONS: [&str; 7] = ["type", "write", "termios", "flush", "flow", "packet", "size"];

const KEYS: [&str; 19] = [
    "type", "write", "taken", "termios", "flush", "flow", "on", "packet", "size", "hold", "echo", "status", "signals",
    "readable", "writable", "unread", "read", "most", "nothing",
];

/// A step of the format.
pub fn parse(source: Source<'_>, value: &Value<'_>) -> Parsed<Expected> {
    let table = Table::new(source, "a step", value, &KEYS)?;
    let mut present = ACTIONS.iter().filter(|key| table.get(key).is_some());
    let key = present.next().copied();
    if let (Some(first), Some(second)) = (key, present.next()) {
        return Err(table.error(Problem::TwoActions { first, second }));
    }
    let on = match (table.get("on"), key) {
        (Some(on), Some("flush" | "flow")) => name(source, "on", on, &ENDS)?,
        (Some(on), _) => {
            let (key, needs) = ("on", "flush or flow (in termios it stands within)");
            return Err(source.error(on.span(), Problem::Needs { key, needs }));
        }
        (None, _) => Side::Slave,
    };
    let action = key.map(|key| action(source, key, table.require(key)?, on)).transpose()?;
    Ok(Expected { expectation: expectation(&table, action.as_ref())?, action })
}

fn action(source: Source<'_>, key: &'static str, value: &Value<'_>, on: Side) -> Parsed<Action> {
    Ok(match key {
        "type" => Action::Type(some(source, key, value)?),
        "write" => Action::Write(bytes(source, key, value)?),
        "flush" => Action::Flush { queue: name(source, key, value, &QUEUES)?, on },
        "flow" => Action::Flow { flow: name(source, key, value, &FLOWS)?, on },
        "packet" => Action::PacketMode(boolean(source, key, value)?),
        "size" => Action::Resize(size(source, key, value)?),
        _ => {
            let (change, table) = change(source, value, &["when", "on"])?;
            let when = table.read("when", |source, key, value| name(source, key, value, &WHEN))?;
            let on = table.read("on", |source, key, value| name(source, key, value, &ENDS))?;
            Action::Set { change, when: when.unwrap_or(ntty::Action::Now), on: on.unwrap_or(Side::Slave) }
        }
    })
}

/// Bytes of which there must be one at least.
fn some(source: Source<'_>, key: &'static str, value: &Value<'_>) -> Parsed<Vec<u8>> {
    let bytes = bytes(source, key, value)?;
    if bytes.is_empty() {
        return Err(source.error(value.span(), Problem::Empty(key)));
    }
    Ok(bytes)
}

fn size(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Size> {
    let numbers = each(source, key, value, |one| Ok(number(source, key, one, u16::MAX.into())? as u16))?;
    let (rows, columns, width_pixels, height_pixels) = match numbers[..] {
        [rows, columns] => (rows, columns, 0, 0),
        [rows, columns, width, height] => (rows, columns, width, height),
        _ => {
            let expected = "[rows, columns] or [rows, columns, width in pixels, height in pixels]";
            return Err(kind(source, key, value, expected));
        }
    };
    Ok(Size { rows, columns, width_pixels, height_pixels })
}

fn expectation(table: &Table<'_, '_>, action: Option<&Action>) -> Parsed<Expectation> {
    let source = table.source;
    if let (Some(hold), Some(beside)) =
        (table.get("hold"), ["echo", "status"].into_iter().find(|key| table.get(key).is_some()))
    {
        return Err(source.error(hold.span(), Problem::HeldAndRead(beside)));
    }
    let mut expected = Expectation {
        taken: table.read("taken", |source, _, value| taken(source, value, action))?,
        hold: table.read("hold", yes)?.unwrap_or_default(),
        echo: table.read("echo", pattern)?.unwrap_or(Pattern::nothing()),
        status: table.read("status", statuses)?.unwrap_or_default(),
        signals: table.read("signals", signals)?.unwrap_or_default(),
        readable: table.read("readable", boolean)?,
        writable: table.read("writable", boolean)?,
        unread: table.read("unread", signed)?,
        reads: table.read("read", reads)?.unwrap_or_default(),
        nothing: table.read("nothing", yes)?.unwrap_or_default(),
        ..Expectation::default()
    };
    if let Some(value) = table.get("most") {
        if expected.look().reads == 0 {
            let (key, needs) = ("most", "read or nothing");
            return Err(source.error(value.span(), Problem::Needs { key, needs }));
        }
        expected.most = number(source, "most", value, 1_000_000)?;
    }
    Ok(expected)
}

fn statuses(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Vec<u8>> {
    each(source, key, value, |one| Ok(number(source, key, one, 255)? as u8))
}

/// They are reported in one order, whatever order they came in.
fn signals(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Vec<Signal>> {
    let mut signals = each(source, key, value, |one| name(source, key, one, &SIGNALS))?;
    signals.sort();
    Ok(signals)
}

/// What FIONREAD says, which in one corner of the limits is -1.
fn signed(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<i32> {
    let number = value.get_ref().as_integer().and_then(|i| i32::from_str_radix(i.as_str(), i.radix()).ok());
    number.ok_or_else(|| kind(source, key, value, "a whole number"))
}

fn taken(source: Source<'_>, value: &Value<'_>, action: Option<&Action>) -> Parsed<usize> {
    let Some(Action::Type(bytes) | Action::Write(bytes)) = action else {
        let (key, needs) = ("taken", "type or write");
        return Err(source.error(value.span(), Problem::Needs { key, needs }));
    };
    let (taken, written) = (number(source, "taken", value, 1_000_000)?, bytes.len());
    if taken >= written {
        return Err(source.error(value.span(), Problem::TakenWhole { taken, written }));
    }
    Ok(taken)
}
