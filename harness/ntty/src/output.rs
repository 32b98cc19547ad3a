//! Output processing: what becomes of a program's bytes, and of echo, on their way to the screen.
//!
//! With `OPOST` set, each byte is processed. Linux keeps count of the column in which the cursor should be, to expand
//! tabs (`XTABS`), to leave out carriage returns at column 0 (`ONOCR`), and to erase tabs. The count is crude: it knows
//! no width of the screen, no wide characters and no escape sequences, whose visible characters count (LO-11).
//!
//! | byte | with | sent | column |
//! |---|---|---|---|
//! | NL | `ONLCR` | CR NL | 0 |
//! | NL | `ONLRET` | NL | 0 |
//! | NL | | NL | the same |
//! | CR | `ONOCR`, at column 0 | nothing | 0 |
//! | CR | `OCRNL` | NL, never CR NL | the same; 0 with `ONLRET` |
//! | CR | | CR | 0 |
//! | TAB | `XTABS` | spaces | next multiple of 8 |
//! | TAB | | TAB | next multiple of 8 |
//! | BS | | BS | one less, never below 0 |
//! | control character | | as it is | the same |
//! | continuation of a character, `IUTF8` | | as it is | the same |
//! | any other | `OLCUC` | in upper case | one more |
//! | any other | | as it is | one more |
//!
//! The column outlives the write and is shared with echo (LO-09, LE-15). Without `OPOST` bytes go past all of this, and
//! the column stays what it was (LO-02). The column in which the line that is being *typed* began is kept beside it: a
//! newline sets it to where that newline left the cursor, the first character of a line to where it is typed.

use crate::characters::{is_continuation, is_control, to_upper};
use crate::flags::oflag::{OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, TABDLY, XTABS};
use crate::mutant::{Mutant, Rules};
use crate::{flags::iflag::IUTF8, pty::Tty, termios::Termios, wire::Wire};

/// The cursor's column, and the bytes on their way to the master.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    pub(crate) wire: Wire,
    column: usize,
    line_start: usize,
    rules: Rules,
}

impl Output {
    pub(crate) fn new(rules: Rules) -> Output {
        Output { wire: Wire::default(), column: 0, line_start: 0, rules }
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.wire.send(bytes);
    }

    /// Sends bytes as they are, each of which takes a column.
    pub(crate) fn send_counted(&mut self, bytes: &[u8]) {
        self.send(bytes);
        self.column += match bytes {
            [b'^', _] if self.rules.breaks(Mutant::CaretTakesOneColumn) => 1,
            [0xff] if self.rules.breaks(Mutant::Literal255Uncounted) => 0,
            _ => bytes.len(),
        };
    }

    /// Takes the cursor's column for the one in which the current line of input began.
    pub(crate) fn remember_column(&mut self) {
        self.line_start = self.column;
    }

    /// Counts one column less.
    pub(crate) fn one_column_back(&mut self) {
        self.column = self.column.saturating_sub(1);
    }

    /// The cursor is in column 0, and a line of input that goes on begins there.
    pub(crate) fn return_to_column_0(&mut self) {
        self.column = 0;
        self.remember_column();
    }

    /// Goes back over a tab, which stood `columns` columns after an earlier tab or after the line's beginning.
    pub(crate) fn erase_tab(&mut self, columns: usize, after_tab: bool) {
        let start = if after_tab { 0 } else { self.line_start };
        let width = match 8 - (start + columns) % 8 {
            _ if self.rules.breaks(Mutant::TabErasedWhole) => 8,
            width => width,
        };
        for _ in 0..width {
            self.send(b"\x08");
            self.one_column_back();
        }
    }

    /// Sends a byte through output processing.
    pub(crate) fn process(&mut self, c: u8, termios: &Termios) {
        match c {
            b'\n' => self.newline(termios),
            b'\r' => self.carriage_return(termios),
            b'\t' => self.tab(termios),
            b'\x08' => {
                if !self.rules.breaks(Mutant::BackspaceNotCounted) {
                    self.one_column_back();
                }
                self.send(&[c]);
            }
            c if is_control(c) && self.rules.breaks(Mutant::ControlWrittenAsCaret) => {
                self.send_counted(&[b'^', c ^ 0x40]);
            }
            c if is_control(c) => {
                self.column += usize::from(self.rules.breaks(Mutant::ControlTakesColumn));
                self.send(&[c]);
            }
            c => self.printing(c, termios),
        }
    }

    fn newline(&mut self, termios: &Termios) {
        if termios.output(ONLRET) && !self.rules.breaks(Mutant::OnlretIgnored) {
            self.column = 0;
        }
        let expands = termios.output(ONLCR) || self.rules.breaks(Mutant::NewlineAlwaysExpanded);
        if expands && !self.rules.breaks(Mutant::OnlcrIgnored) {
            if !self.rules.breaks(Mutant::ExpandedNewlineKeepsColumn) {
                self.column = 0;
            }
            self.send(b"\r\n");
        } else {
            self.send(b"\n");
        }
        self.remember_column();
    }

    fn carriage_return(&mut self, termios: &Termios) {
        let newline = termios.output(OCRNL) && !self.rules.breaks(Mutant::OcrnlIgnored);
        let omits = termios.output(ONOCR) && !(newline && self.rules.breaks(Mutant::OcrnlBeforeOnocr));
        if omits && self.column == 0 && !self.rules.breaks(Mutant::OnocrIgnored) {
            return;
        }
        if newline && self.rules.breaks(Mutant::MappedReturnExpanded) {
            return self.newline(termios);
        }
        if !newline || termios.output(ONLRET) || self.rules.breaks(Mutant::MappedReturnToColumn0) {
            self.return_to_column_0();
        }
        self.send(if newline { b"\n" } else { b"\r" });
    }

    fn tab(&mut self, termios: &Termios) {
        let width = 8 - self.column % 8;
        let expands = match termios.oflag & TABDLY {
            XTABS => !self.rules.breaks(Mutant::XtabsIgnored),
            0 => self.rules.breaks(Mutant::TabsAlwaysExpanded),
            _ => self.rules.breaks(Mutant::TabDelayExpands),
        };
        self.send(if expands { &b"        "[..width] } else { b"\t" });
        self.column += width;
    }

    fn printing(&mut self, c: u8, termios: &Termios) {
        let c = match termios.output(OLCUC) {
            true if self.rules.breaks(Mutant::OlcucIgnored) => c,
            true if self.rules.breaks(Mutant::OnlyAsciiRaised) => c.to_ascii_uppercase(),
            true => to_upper(c),
            false => c,
        };
        let continues = termios.input(IUTF8) && is_continuation(c);
        if !continues || self.rules.breaks(Mutant::ContinuationTakesColumn) {
            self.column += 1;
        }
        self.send(&[c]);
    }
}

impl Tty {
    /// The program's bytes, processed or not. None is taken while output is stopped.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> usize {
        if self.flow.stopped() && !self.breaks(Mutant::StopIgnoredByWrites) {
            return 0;
        }
        if self.breaks(Mutant::ColumnForgottenBetweenWrites) {
            self.output.return_to_column_0();
        }
        if self.termios.output(OPOST) || self.breaks(Mutant::OpostIgnored) {
            for &c in bytes {
                self.output.process(c, &self.termios);
            }
        } else {
            self.output.send(bytes);
        }
        bytes.len()
    }
}
