//! Scenarios before it is known which settings hold when.

use crate::change::{Change, Character};
use crate::modes::Modes;
use crate::scenario::{Action, Look, MOST, Scenario, Step};
use ntty::{Flow, Queue, Side, Size, Termios};

/// A scenario, in terms of the settings of the moment.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Flags that differ from the default.
    pub flags: Modes,
    /// Special characters that differ from the default.
    pub characters: Vec<(Character, u8)>,
    /// Whether so much is typed that limits are met.
    pub long: bool,
    /// Steps.
    pub steps: Vec<(Act, Look)>,
}

/// An action, in terms of the settings of the moment.
#[derive(Clone, Debug)]
pub enum Act {
    /// Look, and do nothing.
    Look,
    /// Typing.
    Type(Vec<Token>),
    /// A program's write.
    Write(Vec<Token>),
    /// Other settings: flags that change, special characters that get a value, when, and through which end.
    Set { toggle: Modes, characters: Vec<(Character, u8)>, when: ntty::Action, on: Side },
    /// tcflush(3).
    Flush(Queue, Side),
    /// tcflow(3).
    Flow(Flow, Side),
    /// TIOCPKT.
    PacketMode(bool),
    /// TIOCSWINSZ.
    Resize(Size),
}

/// Bytes, in terms of the settings of the moment.
#[derive(Clone, Debug)]
pub enum Token {
    /// These.
    Bytes(&'static [u8]),
    /// This one.
    Byte(u8),
    /// A special character.
    Special(Character),
    /// One byte many times.
    Many(u8, usize),
}

impl Token {
    fn add_to(&self, bytes: &mut Vec<u8>, termios: &Termios) {
        match self {
            Self::Bytes(several) => bytes.extend_from_slice(several),
            Self::Byte(one) => bytes.push(*one),
            Self::Special(character) => bytes.push(termios.cc[character.index()]),
            // Typed many times, a special character may make so much echo that a pty has no room for it.
            Self::Many(one, times) => {
                let times = if termios.cc.contains(one) { 8 } else { *times };
                bytes.resize(bytes.len() + times, *one);
            }
        }
    }
}

/// A long line that is reprinted again and again makes more echo than a pty has room for, and when the rest comes is a
/// matter of time. Other bytes take the places of all but the first `VREPRINT`.
fn spare_reprints(typed: &mut [u8], termios: &Termios) {
    let reprint = termios.cc[ntty::cc::VREPRINT];
    let again = typed.iter_mut().filter(|byte| **byte == reprint).skip(1);
    again.for_each(|byte| *byte = reprint ^ 0x20);
}

/// Nothing longer is written at once: it is more than a terminal takes.
const LONGEST: usize = 32 * 1024;

fn bytes(tokens: &[Token], termios: &Termios) -> Vec<u8> {
    let mut bytes = Vec::new();
    for token in tokens {
        token.add_to(&mut bytes, termios);
    }
    bytes.truncate(LONGEST);
    bytes
}

impl Draft {
    /// The scenario that it comes to. At its end everything is looked at once more.
    pub fn written_out(&self) -> Scenario {
        let usual = Termios::default();
        let start = toggled(&usual, self.flags, &self.characters);
        let mut termios = start.of(&usual);
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        for (act, look) in &self.steps {
            let action = act.written_out(&termios, self.long);
            if let Some(Action::Set { change, .. }) = &action {
                termios = change.of(&termios);
            }
            let look = look.clone();
            steps.push(Step { action, look });
        }
        // A read of more than the queue holds comes to the same place in it twice.
        let most = if self.long { 2 * MOST } else { MOST };
        let look = Look { readable: true, writable: true, unread: true, reads: 4, most, ..Look::default() };
        steps.push(Step { action: None, look });
        Scenario { termios: start, steps }
    }
}

impl Act {
    fn written_out(&self, termios: &Termios, long: bool) -> Option<Action> {
        Some(match self {
            Self::Look => return None,
            Self::Type(tokens) => {
                let mut typed = bytes(tokens, termios);
                if long {
                    spare_reprints(&mut typed, termios);
                }
                Action::Type(typed)
            }
            Self::Write(tokens) => Action::Write(bytes(tokens, termios)),
            Self::Set { toggle, characters, when, on } => {
                Action::Set { change: toggled(termios, *toggle, characters), when: *when, on: *on }
            }
            Self::Flush(queue, on) => Action::Flush { queue: *queue, on: *on },
            Self::Flow(flow, on) => Action::Flow { flow: *flow, on: *on },
            Self::PacketMode(on) => Action::PacketMode(*on),
            Self::Resize(size) => Action::Resize(*size),
        })
    }
}

fn toggled(termios: &Termios, flags: Modes, characters: &[(Character, u8)]) -> Change {
    let before = Modes::of(termios);
    let values = characters.iter().copied();
    Change {
        set: flags.without(before),
        clear: flags.without(flags.without(before)),
        characters: values.filter(|(character, value)| termios.cc[character.index()] != *value).collect(),
    }
}
