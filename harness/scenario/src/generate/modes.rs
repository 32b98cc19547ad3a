//! Random settings.

use crate::{change::Character, modes::Modes};
use proptest::{bits, collection::vec, prelude::*, sample::select};

/// Bits of a set of flags: none, few, or any.
fn among(all: u32) -> impl Strategy<Value = u32> + Clone {
    let any = move || bits::u32::masked(all);
    let few = (any(), any(), any()).prop_map(|(a, b, c)| a & b & c);
    prop_oneof![3 => Just(0), 4 => few, 2 => any()]
}

/// What is toggled of the default at the beginning.
pub fn at_first() -> impl Strategy<Value = Modes> {
    let all = Modes::all();
    let flags = (among(all.iflag), among(all.oflag), among(all.cflag), among(all.lflag));
    flags.prop_map(|(iflag, oflag, cflag, lflag)| Modes { iflag, oflag, cflag, lflag })
}

/// What is toggled at the beginning where much is typed. More echo than a master holds is a matter of time, so there is
/// often none. `PARMRK` and `EXTPROC` bring the queue of input to its limits.
pub fn at_first_at_length() -> impl Strategy<Value = Modes> {
    (at_first(), named(&["ECHO", "ECHO", "ECHO", "ICANON"]), named(&["ECHO", "PARMRK", "PARMRK", "PARMRK", "EXTPROC"]))
        .prop_map(|(any, one, other)| any | one | other)
}

/// What is toggled later on: often what changes the most.
pub fn later() -> impl Strategy<Value = Modes> {
    prop_oneof![4 => named(&["ICANON", "ECHO", "ISIG", "IXON", "EXTPROC", "IEXTEN", "OPOST"]), 3 => at_first()]
}

/// The same where much is typed.
pub fn later_at_length() -> impl Strategy<Value = Modes> {
    prop_oneof![5 => named(&["ICANON", "ECHO", "EXTPROC", "EXTPROC", "PARMRK"]), 2 => at_first()]
}

fn named(flags: &'static [&'static str]) -> impl Strategy<Value = Modes> {
    select(flags).prop_map(|name| Modes::named(name).unwrap_or_default())
}

/// Special characters that get a value: none, another's, or anything that is treated in a special way elsewhere.
pub fn characters() -> impl Strategy<Value = Vec<(Character, u8)>> + Clone {
    const VALUES: &[u8] = b"\0\x03\x04\x08\x0f\x11\x12\x13\x15\x16\x17\x1a\x1c\x7f\n\r\tab=/ \x01\xe9\xff";
    const COUNTS: &[u8] = &[0, 1, 2, 3, 5, 64, 65, 255];
    let characters: Vec<Character> = Character::all().filter(|one| !one.is_number()).collect();
    let character = (select(characters), select(VALUES));
    let minimum = (Just(Character::VMIN), select(COUNTS));
    let one = prop_oneof![8 => character, 3 => minimum, 1 => (Just(Character::VTIME), select(&COUNTS[..2]))];
    prop_oneof![1 => Just(Vec::new()), 1 => vec(one, 1..5)]
}
