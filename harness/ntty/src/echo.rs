//! Echo: what typing sends back to the screen.
//!
//! Echo is not sent as it arises. It is queued as operations and carried out later, for three reasons: output may be
//! stopped (`^S`), and then echo must wait and still come before later output (LE-13, LE-16); `^X` must not be torn
//! apart by output of a program (LE-17); and some echo depends on the column at the time it is sent, such as the erasing
//! of a tab (LX-13).
//!
//! # Operations
//!
//! The queue is a ring of 4096 bytes. An ordinary character takes one byte, everything else begins with the byte 255:
//!
//! | operation | bytes | carried out |
//! |---|---|---|
//! | a character | 1 | through output processing, if `OPOST` is set; else sent as it is and *no column counted* |
//! | the character 255 | 2 | sent as it is, one column |
//! | a control character with `ECHOCTL` | 2 | `^X`, two columns, whatever the output flags say |
//! | remember the column | 2 | where the line that is being typed began |
//! | one column back | 2 | sends nothing: a later byte of one character takes no column |
//! | erase a tab | 3 | as many backspaces as the tab was wide |
//!
//! # When it is carried out
//!
//! - At the end of a batch, all of it, if `ECHO` or `ECHONL` is set *then*. If neither is, the rest stays in the queue.
//! - Within a batch, whenever 256 bytes have come together, and then for each further 256.
//! - Before each write of the program, even one of no bytes; when output restarts by `^Q`, by any character (`IXANY`)
//!   or because `IXON` went off; and after a signal character that is not echoed. Not when `tcflow` restarts output.
//!
//! Operations that send nothing are carried out also while output is stopped, when they come to be first.
//!
//! # When there is too much of it
//!
//! While output is stopped, the oldest operations are dropped so that fewer than 3808 bytes (4096 less a block of 256 and
//! 32) wait: LE-14. That is done only after each character. One character can cause more: reprinting a line, or
//! killing it visually. More than 4096 bytes then *overtake themselves*: the ring's newest bytes lie over its oldest,
//! and, since the kernel compares only slots, just the excess over 4096 (or nothing) is sent at first. A line of 1366
//! characters that is killed with `^U` (3 bytes to wipe each) leaves garbage on the screen of every Linux terminal; the
//! rest of the wiping follows with the next key.

use crate::characters::is_control;
use crate::flags::lflag::{ECHO, ECHOCTL, ECHONL};
use crate::flags::oflag::OPOST;
use crate::pty::Tty;
use crate::ring::{Ring, SIZE, same_slot};

/// So many bytes of echo are carried out within a batch.
const BLOCK: usize = 256;
/// So many bytes of echo are too much while output is stopped.
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
enum Operation {
    Character(u8),
    Literal255,
    Caret(u8),
    RememberColumn,
    OneColumnBack,
    /// The columns before the tab, and whether they count from an earlier tab.
    EraseTab(u8, bool),
}

/// Echo that waits. Its positions are those of a [`Ring`].
#[derive(Clone, Debug)]
pub(crate) struct EchoQueue {
    bytes: Ring,
    /// The oldest operation.
    first: usize,
    /// Up to here operations are allowed to be carried out now.
    released: usize,
    /// Up to here stands the echo of characters that are dealt with.
    complete: usize,
    /// Where the next operation goes.
    end: usize,
}

impl EchoQueue {
    pub(crate) fn new() -> EchoQueue {
        EchoQueue {
            bytes: Ring::new(),
            first: 0,
            released: 0,
            complete: 0,
            end: 0,
        }
    }

    /// Drops everything that waits.
    pub(crate) fn clear(&mut self) {
        (self.first, self.released, self.complete, self.end) = (0, 0, 0, 0);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.set_all(self.end, bytes);
        self.end = self.end.wrapping_add(bytes.len());
    }

    /// The oldest operation that may be carried out, and its length. Only slots are compared: a queue that is exactly
    /// full passes for empty.
    fn next(&self) -> Option<(Operation, usize)> {
        let byte = |offset: usize| {
            let position = self.first.wrapping_add(offset);
            (!same_slot(position, self.released)).then(|| self.bytes.get(position))
        };
        Some(match byte(0)? {
            ESCAPE => match byte(1)? {
                ESCAPE => (Operation::Literal255, 2),
                REMEMBER_COLUMN => (Operation::RememberColumn, 2),
                ONE_COLUMN_BACK => (Operation::OneColumnBack, 2),
                ERASE_TAB => {
                    let columns = byte(2)?;
                    (Operation::EraseTab(columns, columns & AFTER_TAB != 0), 3)
                }
                c => (Operation::Caret(c), 2),
            },
            c => (Operation::Character(c), 1),
        })
    }

    fn advance(&mut self, length: usize) {
        self.first = self.first.wrapping_add(length);
    }

    /// Drops the oldest operations while too much waits.
    fn drop_oldest(&mut self) {
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

impl Tty {
    /// Echoes a character the way it is shown: control characters as `^X` if `ECHOCTL` is set, except tab.
    pub(crate) fn echo(&mut self, c: u8) {
        if c != ESCAPE && is_control(c) && c != b'\t' && self.termios.local(ECHOCTL) {
            self.echo.push(&[ESCAPE, c]);
        } else {
            self.echo_raw(c);
        }
    }

    /// Echoes a character as it is.
    pub(crate) fn echo_raw(&mut self, c: u8) {
        match c {
            ESCAPE => self.echo.push(&[ESCAPE, ESCAPE]),
            c => self.echo.push(&[c]),
        }
    }

    /// Remembers the column, when it comes to be echoed, as the one in which the current line began.
    pub(crate) fn echo_line_start(&mut self) {
        if self.input.line_is_empty() {
            self.echo.push(&[ESCAPE, REMEMBER_COLUMN]);
        }
    }

    /// Takes back the column of the byte before, which was not a character's first.
    pub(crate) fn echo_one_column_back(&mut self) {
        self.echo.push(&[ESCAPE, ONE_COLUMN_BACK]);
    }

    /// Wipes out a tab that stood after `columns` columns, counted from a tab before it or from the line's beginning.
    pub(crate) fn echo_erased_tab(&mut self, columns: usize, after_tab: bool) {
        let columns = (columns % 8) as u8 | if after_tab { AFTER_TAB } else { 0 };
        self.echo.push(&[ESCAPE, ERASE_TAB, columns]);
    }

    /// Ends the echo of one character: it is complete, and a whole block of echo is carried out.
    pub(crate) fn echo_completed(&mut self) {
        let waiting = self.echo.end.wrapping_sub(self.echo.first);
        let at_last_try = self.echo.released.wrapping_sub(self.echo.first);
        self.echo.complete = self.echo.end;
        if waiting >= BLOCK && waiting % BLOCK <= at_last_try % BLOCK {
            self.echo.released = self.echo.end;
            self.carry_out_echo();
        }
    }

    /// At the end of a batch: carries out all echo, if anything is echoed at all.
    pub(crate) fn flush_echo(&mut self) {
        if self.termios.local(ECHO | ECHONL) && self.echo.released != self.echo.end {
            self.echo.released = self.echo.end;
            self.carry_out_echo();
        }
    }

    /// Between batches: carries out the echo of all characters that are dealt with.
    pub(crate) fn release_echo(&mut self) {
        if self.echo.complete != self.echo.first {
            self.echo.released = self.echo.complete;
            self.carry_out_echo();
        }
    }

    fn carry_out_echo(&mut self) {
        while let Some((operation, length)) = self.echo.next() {
            if !self.carry_out(operation) {
                break;
            }
            self.echo.advance(length);
        }
        self.echo.drop_oldest();
    }

    /// Whether the operation could be carried out. What sends bytes cannot be while output is stopped.
    fn carry_out(&mut self, operation: Operation) -> bool {
        let output = &mut self.output;
        match operation {
            Operation::RememberColumn => output.remember_column(),
            Operation::OneColumnBack => output.one_column_back(),
            _ if self.flow.stopped() => return false,
            Operation::Character(c) if self.termios.output(OPOST) => {
                output.process(c, &self.termios)
            }
            Operation::Character(c) => output.send(&[c]),
            Operation::Literal255 => output.send_counted(&[0xff]),
            Operation::Caret(c) => output.send_counted(&[b'^', c ^ 0x40]),
            Operation::EraseTab(columns, after_tab) => output.erase_tab(columns.into(), after_tab),
        }
        true
    }
}
