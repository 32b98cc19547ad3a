//! The echo queue: operations that wait to be carried out.
//!
//! It is a ring of 4096 bytes. An ordinary character takes one byte, everything else begins with the byte 255:
//!
//! | operation | bytes |
//! |---|---|
//! | a character | 1 |
//! | the character 255 | 2 |
//! | a control character, shown as `^X` | 2 |
//! | remember the column | 2 |
//! | one column back | 2 |
//! | erase a tab | 3 |
//!
//! While output is stopped, the oldest operations are dropped, whole, so that fewer than 3808 bytes wait: 4096 less a
//! block of 256 and 32 (LE-14). That is looked after only between characters, and one character can cause more echo than
//! there is room for: reprinting a long line, or killing it visually, three bytes for each column.
//!
//! More than 4096 bytes *overtake themselves*: the newest lie over the oldest. Besides, the kernel compares slots, not
//! positions, and so takes a queue that is exactly full for empty, and one of 4098 bytes for one of two. Just the excess
//! is carried out, from the middle of what was meant. The rest, or 3807 bytes of it, follows with the next key. So a
//! line of 1366 characters that is killed with `^U` is not wiped off the screen, on any Linux terminal. If the excess is
//! the first byte of a longer operation, nothing is carried out and nothing is dropped, until more is typed.

use crate::mutant::{Mutant, Rules};
use crate::ring::{Ring, SIZE, same_slot};

/// Within a batch, echo is carried out by blocks of this many bytes.
pub(crate) const BLOCK: usize = 256;
/// So many bytes are too much to let wait.
const TOO_MUCH: usize = SIZE - (BLOCK + 32);

/// The first byte of each operation that is not an ordinary character.
const ESCAPE: u8 = 0xff;
const ONE_COLUMN_BACK: u8 = 0x80;
const REMEMBER_COLUMN: u8 = 0x81;
const ERASE_TAB: u8 = 0x82;
/// In the third byte of [`ERASE_TAB`]: columns are counted from a tab, not from the line's beginning.
const AFTER_TAB: u8 = 0x80;

/// One thing to do for echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Sends a character, through output processing.
    Character(u8),
    /// Sends the byte 255.
    Literal255,
    /// Sends a control character as `^X`.
    Caret(u8),
    /// Takes the column for the one in which the line that is being typed began.
    RememberColumn,
    /// Counts one column less: a later byte of a character takes none.
    OneColumnBack,
    /// Goes back over a tab that stood so many columns after an earlier tab, or after the line's beginning.
    EraseTab { columns: u8, after_tab: bool },
}

/// What is to be carried out next.
pub(crate) enum Next {
    /// An operation, so many bytes long.
    Operation(Operation, usize),
    /// The beginning of an operation: only in a queue that has overtaken itself.
    Torn,
    /// No echo waits.
    Nothing,
}

/// The queue. Its fields are positions in the ring.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EchoQueue {
    bytes: Ring,
    /// The oldest operation.
    first: usize,
    /// Up to here operations may be carried out.
    released: usize,
    /// Up to here is the echo of characters that are dealt with.
    complete: usize,
    /// Where the next operation goes.
    end: usize,
    rules: Rules,
}

impl EchoQueue {
    pub(crate) fn new(rules: Rules) -> EchoQueue {
        EchoQueue { bytes: Ring::new(), first: 0, released: 0, complete: 0, end: 0, rules }
    }

    /// Drops everything that waits.
    pub(crate) fn clear(&mut self) {
        (self.first, self.released, self.complete, self.end) = (0, 0, 0, 0);
    }

    /// Appends an operation.
    pub(crate) fn push(&mut self, operation: Operation) {
        match operation {
            Operation::Character(c) => self.append(&[c]),
            Operation::Literal255 => self.append(&[ESCAPE, ESCAPE]),
            Operation::Caret(c) => self.append(&[ESCAPE, c]),
            Operation::RememberColumn => self.append(&[ESCAPE, REMEMBER_COLUMN]),
            Operation::OneColumnBack => self.append(&[ESCAPE, ONE_COLUMN_BACK]),
            Operation::EraseTab { columns, after_tab } => {
                let counted_from = if after_tab { AFTER_TAB } else { 0 };
                self.append(&[ESCAPE, ERASE_TAB, columns | counted_from]);
            }
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        self.bytes.set_all(self.end, bytes);
        self.end = self.end.wrapping_add(bytes.len());
    }

    /// The echo of one character is complete. Gives whether that completes a block, too.
    pub(crate) fn complete(&mut self) -> bool {
        self.complete = self.end;
        let waiting = self.end.wrapping_sub(self.first);
        let at_last_release = self.released.wrapping_sub(self.first);
        waiting >= BLOCK && waiting % BLOCK <= at_last_release % BLOCK
    }

    /// Allows everything to be carried out, and gives whether there is anything new.
    pub(crate) fn release(&mut self) -> bool {
        std::mem::replace(&mut self.released, self.end) != self.end
    }

    /// Allows the echo of characters that are dealt with to be carried out, and gives whether there is any.
    pub(crate) fn release_complete(&mut self) -> bool {
        let any = self.complete != self.first;
        if any {
            self.released = self.complete;
        }
        any
    }

    /// The oldest operation that may be carried out.
    pub(crate) fn next(&self) -> Next {
        match self.released_byte(0) {
            None => Next::Nothing,
            Some(ESCAPE) => self.next_escaped().unwrap_or(Next::Torn),
            Some(c) => Next::Operation(Operation::Character(c), 1),
        }
    }

    /// The operation that an [`ESCAPE`] begins, unless the released bytes end within it.
    fn next_escaped(&self) -> Option<Next> {
        Some(match self.released_byte(1)? {
            ESCAPE => Next::Operation(Operation::Literal255, 2),
            REMEMBER_COLUMN => Next::Operation(Operation::RememberColumn, 2),
            ONE_COLUMN_BACK => Next::Operation(Operation::OneColumnBack, 2),
            ERASE_TAB => {
                let columns = self.released_byte(2)?;
                let after_tab = columns & AFTER_TAB != 0;
                Next::Operation(Operation::EraseTab { columns, after_tab }, 3)
            }
            c => Next::Operation(Operation::Caret(c), 2),
        })
    }

    /// The byte so far behind the first, unless that is where the released bytes end. Slots are compared.
    fn released_byte(&self, offset: usize) -> Option<u8> {
        let position = self.first.wrapping_add(offset);
        let end = if self.rules.breaks(Mutant::OvertakenEchoKnown) {
            position.wrapping_sub(self.released) as isize >= 0
        } else {
            same_slot(position, self.released)
        };
        (!end).then(|| self.bytes.get(position))
    }

    /// The oldest operation is done.
    pub(crate) fn advance(&mut self, length: usize) {
        self.first = self.first.wrapping_add(length);
    }

    /// Drops the oldest operations while too much waits.
    pub(crate) fn drop_oldest(&mut self) {
        if self.rules.breaks(Mutant::OldestEchoKept) {
            return;
        }
        while self.released.wrapping_sub(self.first) as isize >= TOO_MUCH as isize {
            let second = self.bytes.get(self.first.wrapping_add(1));
            self.advance(match (self.bytes.get(self.first), second) {
                (ESCAPE, ERASE_TAB) => 3,
                (ESCAPE, _) => 2,
                _ => 1,
            });
        }
    }
}
