use super::check::terminal;
use crate::cflag::{CREAD, CS8, CSIZE, PARENB};
use crate::{Action, Termios};

#[test]
fn default() {
    let termios = Termios::default();
    assert_eq!((termios.iflag, termios.oflag), (0o2400, 0o5));
    assert_eq!((termios.cflag, termios.lflag), (0o277, 0o105_073));
    let characters = [3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0x0f, 0x17, 0x16];
    assert_eq!(termios.cc[..16], characters);
    assert_eq!((termios.line, &termios.cc[16..]), (0, &[0; 3][..]));
}

#[test]
fn forced_shape() {
    let seven_bits = terminal().sets(Action::Now, |termios| termios.cflag = PARENB | 0o100);
    seven_bits.has(|termios| termios.cflag & (CSIZE | PARENB | CREAD) == CS8 | CREAD && termios.cflag & 0o100 != 0);
}

#[test]
fn everything_else_is_kept() {
    let odd = Termios { iflag: !0, oflag: !0, cflag: !PARENB, lflag: !0, line: 3, cc: [7; 19] };
    let expected = odd.clone();
    terminal().sets(Action::Now, |termios| *termios = odd).has(|termios| *termios == expected);
}
