//! Where two observations of the same step differ.

use crate::notation::{bytes_text, pattern_text, signal_name};
use crate::{pattern::Pattern, stage::Seen};
use ntty::{Read, Signal};
use std::fmt;

/// What a comparison looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// How much was taken of what was typed or written.
    Taken,
    /// What reached the master.
    Echo,
    /// Statuses of packet mode.
    Status,
    /// Signals to the foreground process group.
    Signals,
    /// poll(2) for input of the slave.
    Readable,
    /// poll(2) for output of the slave.
    Writable,
    /// FIONREAD of the slave.
    Unread,
    /// A read of the slave, counted from 1.
    Read(usize),
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("taken"),
            Self::Echo => f.write_str("echo"),
            Self::Status => f.write_str("status"),
            Self::Signals => f.write_str("signals"),
            Self::Readable => f.write_str("readable"),
            Self::Writable => f.write_str("writable"),
            Self::Unread => f.write_str("unread"),
            Self::Read(1) => f.write_str("read"),
            Self::Read(number) => write!(f, "read number {number}"),
        }
    }
}

/// The first thing in which what was seen is not what must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// What was looked at.
    pub aspect: Aspect,
    /// What must be, in the notation of vectors.
    pub expected: String,
    /// What is, in the notation of vectors.
    pub observed: String,
}

impl Contrast {
    fn new(aspect: Aspect, expected: String, observed: String) -> Option<Self> {
        Some(Self { aspect, expected, observed })
    }
}

/// Compares what was seen with what must be, in the order in which things are looked at.
pub(crate) fn contrast(expected: &Seen, seen: &Seen) -> Option<Contrast> {
    unequal(Aspect::Taken, &expected.taken, &seen.taken, optional)
        .or_else(|| echo(&expected.echo, &seen.echo))
        .or_else(|| {
            let text = |status: &Vec<u8>| format!("{status:?}");
            unequal(Aspect::Status, &expected.status, &seen.status, text)
        })
        .or_else(|| unequal(Aspect::Signals, &expected.signals, &seen.signals, |all| names(all)))
        .or_else(|| unequal(Aspect::Readable, &expected.readable, &seen.readable, optional))
        .or_else(|| unequal(Aspect::Writable, &expected.writable, &seen.writable, optional))
        .or_else(|| unequal(Aspect::Unread, &expected.unread, &seen.unread, optional))
        .or_else(|| reads(&expected.reads, &seen.reads))
}

fn echo(expected: &Pattern, seen: &Pattern) -> Option<Contrast> {
    if expected.covers(seen) {
        return None;
    }
    Contrast::new(Aspect::Echo, pattern_text(expected), pattern_text(seen))
}

fn unequal<T: PartialEq>(aspect: Aspect, expected: &T, seen: &T, text: impl Fn(&T) -> String) -> Option<Contrast> {
    if expected == seen {
        return None;
    }
    Contrast::new(aspect, text(expected), text(seen))
}

fn reads(expected: &[Read], seen: &[Read]) -> Option<Contrast> {
    // Reading ends with the first read that would block.
    let number = |reads: &[Read], index| reads.get(index).cloned().unwrap_or(Read::WouldBlock);
    for index in 0..expected.len().max(seen.len()) {
        let (wanted, got) = (number(expected, index), number(seen, index));
        if wanted != got {
            return Contrast::new(Aspect::Read(index + 1), read_text(&wanted), read_text(&got));
        }
    }
    None
}

fn optional<T: fmt::Display>(value: &Option<T>) -> String {
    match value {
        Some(value) => value.to_string(),
        None => "nothing".to_owned(),
    }
}

fn read_text(read: &Read) -> String {
    match read {
        Read::Bytes(bytes) => bytes_text(bytes),
        Read::WouldBlock => "EAGAIN".to_owned(),
    }
}

fn names(signals: &[Signal]) -> String {
    let names: Vec<_> = signals.iter().map(|one| signal_name(*one)).collect();
    format!("[{}]", names.join(", "))
}
