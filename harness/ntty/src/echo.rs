//! Echo: what typing sends back to the screen.
//!
//! # What is echoed
//!
//! A character as it is; with `ECHOCTL` a control character as `^X`, and DEL as `^?`, except tab and (where it ends a
//! line) newline (LE-02). The bytes 128 to 159 are no control characters (LE-03). Never echoed are the end of file, the
//! start and stop characters, a dropped carriage return, and whatever is raw, under `EXTPROC`, or
//! [refused](crate::limits).
//!
//! # How
//!
//! Echo is not sent as it arises. It is [queued](crate::echo_queue) as operations and carried out later, for three
//! reasons: output may be stopped, and then echo must wait and still come before later output (LE-13, LE-16); `^X` must
//! not be torn apart by a program's output (LE-17); and some echo depends on the column at the time that it is sent, such
//! as the erasing of a tab (LX-13).
//!
//! A character goes through [output processing](crate::output) if `OPOST` is set; otherwise it is sent as it is and *no
//! column is counted*. `^X` counts two columns and the byte 255 one, whatever the output flags say.
//!
//! # When
//!
//! - At the end of a batch that brought some: all of it. A batch that brings none leaves what waits.
//! - Within a batch, when 256 bytes have come together, and again for each further 256.
//! - Before each write of the program, even one of no bytes.
//! - When output restarts by `^Q`, by any character (`IXANY`), or because `IXON` went off; not when `tcflow` restarts it.
//! - After a signal character that is not echoed.
//!
//! While output is stopped nothing is sent. Operations that send nothing are carried out even so, until the first that
//! would send something.

use crate::echo_queue::{Next, Operation};
use crate::flags::lflag::{ECHO, ECHOCTL, ECHONL};
use crate::{characters::is_control, flags::oflag::OPOST, mutant::Mutant, pty::Tty};

impl Tty {
    /// Echoes a character the way it is shown.
    pub(crate) fn echo(&mut self, c: u8) {
        if self.shows_caret(c) {
            self.echo.push(Operation::Caret(c));
        } else {
            self.echo_raw(c);
        }
    }

    fn shows_caret(&self, c: u8) -> bool {
        let control = match c {
            b'\t' => self.breaks(Mutant::TabShownAsCaret),
            0x7f => !self.breaks(Mutant::DeleteShownRaw),
            0x80..=0x9f => self.breaks(Mutant::HighControlShownAsCaret),
            c => is_control(c),
        };
        control && (self.termios.local(ECHOCTL) || self.breaks(Mutant::CaretWithoutEchoctl))
    }

    /// Echoes a character as it is.
    pub(crate) fn echo_raw(&mut self, c: u8) {
        self.echo.push(match c {
            0xff => Operation::Literal255,
            c => Operation::Character(c),
        });
    }

    /// If this is the current line's first character: remembers where it is echoed.
    pub(crate) fn echo_line_start(&mut self) {
        if self.input.line_is_empty() && !self.breaks(Mutant::LineStartForgotten) {
            self.echo.push(Operation::RememberColumn);
        }
    }

    /// The byte before was a later one of a character.
    pub(crate) fn echo_one_column_back(&mut self) {
        if !self.breaks(Mutant::ColumnNotTakenBack) {
            self.echo.push(Operation::OneColumnBack);
        }
    }

    /// Wipes out a tab that stood after `columns` columns, counted from a tab before it or from the line's beginning.
    pub(crate) fn echo_erased_tab(&mut self, columns: usize, after_tab: bool) {
        let columns = (columns % 8) as u8;
        self.echo.push(Operation::EraseTab { columns, after_tab });
    }

    /// Ends the echo of one character.
    pub(crate) fn echo_completed(&mut self) {
        if self.echo.complete() && !self.breaks(Mutant::EchoOnlyAtEndOfBatch) {
            self.echo.release();
            self.carry_out_echo();
        }
    }

    /// The end of a batch: carries out all echo, if the batch has brought any. With neither `ECHO` nor `ECHONL` it can
    /// bring none; what a queue that has overtaken itself holds waits.
    pub(crate) fn flush_echo(&mut self) {
        if self.termios.local(ECHO) || self.termios.local(ECHONL) || self.echoes_even_so() {
            self.flush_all_echo();
        }
    }

    /// Whether this is a mutant that echoes without `ECHO`, or flushes what is not echoed.
    fn echoes_even_so(&self) -> bool {
        let such = [
            Mutant::EchoWithoutEcho,
            Mutant::KillShownWithoutEcho,
            Mutant::ErasedShownWithoutEcho,
            Mutant::EchoFlushedWhenOff,
        ];
        such.iter().any(|&mutant| self.breaks(mutant))
    }

    /// Carries out all echo, if there is any that is new.
    pub(crate) fn flush_all_echo(&mut self) {
        if self.echo.release() || self.breaks(Mutant::WaitingEchoFlushed) {
            self.carry_out_echo();
        }
    }

    /// Between batches: carries out the echo of all characters that are dealt with.
    pub(crate) fn release_echo(&mut self) {
        if self.echo.release_complete() {
            self.carry_out_echo();
        }
    }

    fn carry_out_echo(&mut self) {
        loop {
            match self.echo.next() {
                Next::Operation(operation, length) if self.carry_out(operation) => {
                    self.echo.advance(length);
                }
                Next::Torn => return,
                Next::Operation(..) | Next::Nothing => break,
            }
        }
        self.echo.drop_oldest();
    }

    /// Whether the operation could be carried out. What sends bytes cannot be while output is stopped.
    fn carry_out(&mut self, operation: Operation) -> bool {
        let processed = (self.termios.output(OPOST) || self.breaks(Mutant::EchoAlwaysProcessed))
            && !self.breaks(Mutant::EchoUnprocessed);
        let stopped = self.flow.stopped() && !self.breaks(Mutant::EchoWhileStopped);
        let output = &mut self.output;
        match operation {
            Operation::RememberColumn => output.remember_column(),
            Operation::OneColumnBack => output.one_column_back(),
            _ if stopped => return false,
            Operation::Character(c) if processed => output.process(c, &self.termios),
            Operation::Character(c) => output.send(&[c]),
            Operation::Literal255 => output.send_counted(&[0xff]),
            Operation::Caret(c) => output.send_counted(&[b'^', c ^ 0x40]),
            Operation::EraseTab { columns, after_tab } => output.erase_tab(columns.into(), after_tab),
        }
        true
    }
}
