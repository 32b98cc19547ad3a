//! Random bytes.

use super::draft::Token;
use crate::change::Character;
use proptest::{collection::vec, prelude::*, sample::select};

/// What is typed at once.
pub fn typed() -> impl Strategy<Value = Vec<Token>> {
    vec(one(), 1..12)
}

/// Much that is typed at once.
pub fn at_length() -> impl Strategy<Value = Vec<Token>> {
    vec(prop_oneof![2 => one(), 3 => many()], 1..4)
}

fn one() -> impl Strategy<Value = Token> + Clone {
    let characters: Vec<Character> = Character::all().filter(|one| !one.is_number()).collect();
    let special = select(characters).prop_map(Token::Special);
    prop_oneof![10 => plain(), 6 => special]
}

/// Much that a program writes at once, mostly less than a master holds.
pub fn written_at_length() -> impl Strategy<Value = Vec<Token>> {
    vec(prop_oneof![4 => plain().boxed(), 1 => many().boxed()], 0..4)
}

/// What a program writes at once.
pub fn written() -> impl Strategy<Value = Vec<Token>> {
    vec(plain(), 0..10)
}

fn plain() -> impl Strategy<Value = Token> + Clone {
    const LETTERS: &[u8] = b"ab_1 .-AZ/~";
    const WHITE: &[u8] = b"\n\n\n\r\t\t\x08";
    const WIDE: &[&[u8]] = &[
        "é".as_bytes(),
        "日".as_bytes(),
        "א".as_bytes(),
        "ä÷".as_bytes(),
        b"\xa9",
        b"\xd7",
        b"\xc3",
        b"\xff",
        b"\x83",
        b"\x8a",
    ];
    prop_oneof![
        12 => select(LETTERS).prop_map(Token::Byte),
        6 => select(WHITE).prop_map(Token::Byte),
        3 => select(WIDE).prop_map(Token::Bytes),
        2 => (0..0x20_u8).prop_map(Token::Byte),
        1 => any::<u8>().prop_map(Token::Byte),
    ]
}

/// So much of one byte that a limit comes near: of the line discipline, of its echo, of a read. A tab that is erased
/// makes eight bytes of echo, and more than a pty holds would come in pieces.
fn many() -> impl Strategy<Value = Token> + Clone {
    let narrow = prop_oneof![3 => 40..300_usize, 5 => 300..2048_usize, 1 => 2048..32768_usize];
    prop_oneof![
        4 => (select(&b"x\n\xff\xff\xff\x01"[..]), narrow),
        1 => (Just(b'\t'), 40..300_usize),
    ]
    .prop_map(|(byte, times)| Token::Many(byte, times))
}
