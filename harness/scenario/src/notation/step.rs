//! One step: an action and what must come of it.

use super::error::{Problem, VectorError};
use super::source::{Source, Table, Value, kind};
use super::values::{boolean, bytes, change, list, name, number, pattern, reads, yes};
use crate::{expectation::Expectation, scenario::Action, vector::Expected};
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
pub fn parse(source: Source<'_>, value: &Value<'_>) -> Result<Expected, VectorError> {
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
    let expectation = expectation(&table, action.as_ref())?;
    Ok(Expected { action, expectation })
}

fn action(source: Source<'_>, key: &'static str, value: &Value<'_>, on: Side) -> Result<Action, VectorError> {
    Ok(match key {
        "type" => Action::Type(some(source, key, value)?),
        "write" => Action::Write(bytes(source, key, value)?),
        "flush" => {
            let queue = name(source, key, value, &QUEUES)?;
            Action::Flush { queue, on }
        }
        "flow" => {
            let flow = name(source, key, value, &FLOWS)?;
            Action::Flow { flow, on }
        }
        "packet" => Action::PacketMode(boolean(source, key, value)?),
        "size" => Action::Resize(size(source, key, value)?),
        _ => {
            let (change, table) = change(source, value, &["when", "on"])?;
            let when = table.get("when");
            let on = table.get("on");
            Action::Set {
                change,
                when: when.map_or(Ok(ntty::Action::Now), |when| name(source, "when", when, &WHEN))?,
                on: on.map_or(Ok(Side::Slave), |on| name(source, "on", on, &ENDS))?,
            }
        }
    })
}

/// Bytes of which there must be one at least.
fn some(source: Source<'_>, key: &'static str, value: &Value<'_>) -> Result<Vec<u8>, VectorError> {
    let bytes = bytes(source, key, value)?;
    if bytes.is_empty() {
        return Err(source.error(value.span(), Problem::Empty(key)));
    }
    Ok(bytes)
}

fn size(source: Source<'_>, key: &str, value: &Value<'_>) -> Result<Size, VectorError> {
    let numbers = list(source, key, value)?
        .iter()
        .map(|one| Ok(number(source, key, one, u16::MAX.into())? as u16))
        .collect::<Result<Vec<u16>, VectorError>>()?;
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

fn expectation(table: &Table<'_, '_>, action: Option<&Action>) -> Result<Expectation, VectorError> {
    let source = table.source;
    let mut expected = Expectation::default();
    if let Some(value) = table.get("taken") {
        expected.taken = Some(taken(source, value, action)?);
    }
    if let Some(value) = table.get("hold") {
        expected.hold = yes(source, "hold", value)?;
        let both = ["echo", "status"].into_iter().find(|key| table.get(key).is_some());
        if let Some(beside) = both {
            return Err(source.error(value.span(), Problem::HeldAndRead(beside)));
        }
    }
    if let Some(value) = table.get("echo") {
        expected.echo = pattern(source, "echo", value)?;
    }
    if let Some(value) = table.get("status") {
        for one in list(source, "status", value)? {
            expected.status.push(number(source, "status", one, 255)? as u8);
        }
    }
    if let Some(value) = table.get("signals") {
        for one in list(source, "signals", value)? {
            expected.signals.push(name(source, "signals", one, &SIGNALS)?);
        }
        // They are reported in one order, whatever order they came in.
        let place = |signal: &Signal| SIGNALS.iter().position(|(_, known)| known == signal);
        expected.signals.sort_by_key(place);
    }
    for (key, place) in [("readable", &mut expected.readable), ("writable", &mut expected.writable)] {
        let value = table.get(key);
        *place = value.map(|value| boolean(source, key, value)).transpose()?;
    }
    if let Some(value) = table.get("unread") {
        expected.unread = Some(signed(source, "unread", value)?);
    }
    if let Some(value) = table.get("read") {
        expected.reads = reads(source, "read", value)?;
    }
    if let Some(value) = table.get("nothing") {
        expected.nothing = yes(source, "nothing", value)?;
    }
    if let Some(value) = table.get("most") {
        if expected.look().reads == 0 {
            let (key, needs) = ("most", "read or nothing");
            return Err(source.error(value.span(), Problem::Needs { key, needs }));
        }
        expected.most = number(source, "most", value, 1_000_000)?;
    }
    Ok(expected)
}

/// What FIONREAD says, which in one corner of the limits is -1.
fn signed(source: Source<'_>, key: &str, value: &Value<'_>) -> Result<i32, VectorError> {
    let number = value.get_ref().as_integer().and_then(|i| i32::from_str_radix(i.as_str(), i.radix()).ok());
    number.ok_or_else(|| kind(source, key, value, "a whole number"))
}

fn taken(source: Source<'_>, value: &Value<'_>, action: Option<&Action>) -> Result<usize, VectorError> {
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
