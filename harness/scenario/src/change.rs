//! Special characters by their names, and changes of a terminal's settings. termios(3).

use crate::modes::Modes;
use ntty::Termios;
use std::collections::BTreeMap;

/// A place in `c_cc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Character(u8);

/// In the order of their numbers.
const CHARACTERS: [&str; 17] = [
    "VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME", "VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL",
    "VREPRINT", "VDISCARD", "VWERASE", "VLNEXT", "VEOL2",
];

impl Character {
    /// How many reads wait for so many bytes.
    pub const VMIN: Self = Self(6);
    /// How long reads wait, in tenths of a second.
    pub const VTIME: Self = Self(5);

    /// All that have a name.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).map(Self).take(CHARACTERS.len())
    }

    /// The place that bears this name in termios(3).
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|character| character.name() == name)
    }

    /// Its name in termios(3).
    pub fn name(self) -> &'static str {
        CHARACTERS[self.index()]
    }

    /// Its place in `c_cc`.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Whether its value is a count or a time and no character.
    pub fn is_number(self) -> bool {
        self == Self::VMIN || self == Self::VTIME
    }
}

/// What is different in settings, compared with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Flags that are set, after the others were cleared.
    pub set: Modes,
    /// Flags that are cleared.
    pub clear: Modes,
    /// Special characters that get a value.
    pub characters: BTreeMap<Character, u8>,
}

impl Change {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The settings that come of others by it.
    pub fn of(&self, termios: &Termios) -> Termios {
        let flags = Modes::of(termios).without(self.clear) | self.set;
        let mut changed = Termios {
            iflag: flags.iflag,
            oflag: flags.oflag,
            cflag: flags.cflag,
            lflag: flags.lflag,
            ..termios.clone()
        };
        for (character, value) in &self.characters {
            changed.cc[character.index()] = *value;
        }
        changed
    }

    /// What makes `to` of `from`, as far as it has names.
    pub fn between(from: &Termios, to: &Termios) -> Self {
        let (before, after) = (Modes::of(from), Modes::of(to));
        let differs = |character: &Character| from.cc[character.index()] != to.cc[character.index()];
        Self {
            set: after.without(before),
            clear: before.without(after),
            characters: Character::all()
                .filter(differs)
                .map(|character| (character, to.cc[character.index()]))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::libc;

    #[test]
    fn names_are_those_of_the_c_library() {
        for (name, index) in [
            ("VINTR", libc::VINTR),
            ("VTIME", libc::VTIME),
            ("VMIN", libc::VMIN),
            ("VSUSP", libc::VSUSP),
            ("VLNEXT", libc::VLNEXT),
            ("VEOL2", libc::VEOL2),
        ] {
            assert_eq!(Character::named(name).map(Character::index), Some(index));
        }
    }

    #[test]
    fn a_change_makes_the_one_of_the_other() {
        let from = Termios::default();
        let mut to = from.clone();
        to.lflag ^= libc::ICANON | libc::ECHOPRT;
        to.cc[libc::VERASE] = 8;
        let change = Change::between(&from, &to);
        assert_eq!(change.set, Modes::named("ECHOPRT").expect("a flag"));
        assert_eq!(change.clear, Modes::named("ICANON").expect("a flag"));
        assert_eq!(change.of(&from), to);
        assert!(Change::between(&to, &to).is_empty());
    }
}
