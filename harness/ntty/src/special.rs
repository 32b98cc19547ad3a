//! The special characters, and what they do.
//!
//! Which bytes are special depends on the settings alone, so the set is computed when they change. A byte that is not in
//! the set is [plain](crate::receive). The set holds:
//!
//! | with | characters |
//! |---|---|
//! | `IGNCR` or `ICRNL` | CR |
//! | `INLCR` | NL |
//! | `ICANON` | NL, `VERASE`, `VKILL`, `VEOF`, `VEOL` |
//! | `ICANON` and `IEXTEN` | `VWERASE`, `VLNEXT`, `VEOL2` |
//! | `ICANON`, `IEXTEN` and `ECHO` | `VREPRINT` |
//! | `IXON` | `VSTART`, `VSTOP` |
//! | `ISIG` | `VINTR`, `VQUIT`, `VSUSP` |
//!
//! The byte 0 is never in it: a setting of 0 switches a special character off.
//!
//! One byte can be several special characters. The first that fits wins, in this order (LC-13): start and stop; the
//! signals; then carriage return and newline are mapped into one another, and what came of it may be an erase
//! character, literal next, reprint, newline, end of file or another end of line. Nothing of `VDISCARD`, `VSWTC` or
//! `PENDIN` is implemented (LX-22).

use crate::flags::cc::{
    VEOF, VEOL, VEOL2, VERASE, VINTR, VKILL, VLNEXT, VQUIT, VREPRINT, VSTART, VSTOP, VSUSP, VWERASE,
};
use crate::flags::iflag::{ICRNL, IGNCR, INLCR, IXON};
use crate::flags::lflag::{ECHO, ECHOCTL, ECHONL, ICANON, IEXTEN, ISIG};
use crate::mutant::Mutant;
use crate::pty::Tty;
use crate::signals::Signal;
use crate::termios::Termios;

/// The bytes that are special under some settings.
#[derive(Clone, Debug)]
pub(crate) struct SpecialSet([bool; 256]);

impl SpecialSet {
    pub(crate) fn of(termios: &Termios) -> SpecialSet {
        let mut set = SpecialSet([false; 256]);
        set.insert(termios.input(IGNCR | ICRNL), b"\r");
        set.insert(termios.input(INLCR), b"\n");
        let character = |index: usize| termios.cc[index];
        if termios.local(ICANON) {
            set.insert(true, b"\n");
            set.insert(true, &[VERASE, VKILL, VEOF, VEOL].map(character));
            let extended = termios.local(IEXTEN);
            set.insert(extended, &[VWERASE, VLNEXT, VEOL2].map(character));
            set.insert(extended && termios.local(ECHO), &[character(VREPRINT)]);
        }
        set.insert(termios.input(IXON), &[VSTART, VSTOP].map(character));
        set.insert(termios.local(ISIG), &[VINTR, VQUIT, VSUSP].map(character));
        set.0[0] = false;
        set
    }

    fn insert(&mut self, condition: bool, bytes: &[u8]) {
        for &byte in bytes {
            self.0[usize::from(byte)] |= condition;
        }
    }

    pub(crate) fn contains(&self, c: u8) -> bool {
        self.0[usize::from(c)]
    }
}

impl Tty {
    /// A special character was typed.
    pub(crate) fn receive_special(&mut self, c: u8, looked_at: bool) {
        if self.termios.input(IXON) && self.receive_flow_control(c, looked_at) {
            return;
        }
        if self.termios.local(ISIG)
            && let Some(signal) = self.signal_of(c)
        {
            return self.receive_signal(signal, c);
        }
        self.restart_by_any();
        let Some(c) = self.map_line_ends(c) else {
            return;
        };
        if self.termios.local(ICANON) && self.receive_editing(c) {
            return;
        }
        self.receive_mapped(c);
    }

    fn signal_of(&self, c: u8) -> Option<Signal> {
        [
            (VINTR, Signal::Interrupt),
            (VQUIT, Signal::Quit),
            (VSUSP, Signal::Stop),
        ]
        .into_iter()
        .find_map(|(index, signal)| self.termios.is(index, c).then_some(signal))
    }

    /// `IGNCR` drops a carriage return; `ICRNL` and `INLCR`, together, swap it with a newline.
    fn map_line_ends(&self, c: u8) -> Option<u8> {
        match c {
            b'\r' if self.termios.input(IGNCR) => None,
            b'\r' if self.termios.input(ICRNL) => Some(b'\n'),
            b'\n' if self.termios.input(INLCR) => Some(b'\r'),
            c => Some(c),
        }
    }

    /// The characters that edit or end a line. Gives whether `c` is one.
    fn receive_editing(&mut self, c: u8) -> bool {
        let extended = self.termios.local(IEXTEN);
        let echo = self.termios.local(ECHO);
        let is = |index| self.termios.is(index, c);
        if is(VERASE) || is(VKILL) || extended && is(VWERASE) {
            self.erase(c);
            self.echo_completed();
        } else if extended && is(VLNEXT) {
            self.literal_next = true;
            self.echo_literal_next();
        } else if extended && echo && is(VREPRINT) {
            self.reprint(c);
        } else if c == b'\n' {
            if self.termios.local(ECHO | ECHONL) {
                self.echo_raw(c);
                self.echo_completed();
            }
            self.input.end_line(c);
        } else if is(VEOF) {
            if self.rules.broken_by(Mutant::EndOfFileEchoed) {
                self.echo(c);
            }
            self.input.end_line(0);
        } else if is(VEOL) || extended && is(VEOL2) {
            if echo {
                self.echo_line_start();
                self.echo(c);
                self.echo_completed();
            }
            self.double_marked(c);
            self.input.end_line(c);
        } else {
            return false;
        }
        true
    }

    /// Literal next shows a caret, with the cursor on it.
    fn echo_literal_next(&mut self) {
        if self.termios.local(ECHO) {
            self.finish_erasing();
            if self.termios.local(ECHOCTL) {
                self.echo_raw(b'^');
                self.echo_raw(b'\x08');
                self.echo_completed();
            }
        }
    }

    /// Shows the current line again, on a line of its own.
    fn reprint(&mut self, c: u8) {
        self.finish_erasing();
        self.echo(c);
        self.echo_raw(b'\n');
        for position in self.input.line() {
            self.echo(self.input.byte(position));
        }
        self.echo_completed();
    }

    /// A special character that turned out to mean nothing more: raw mode's line ends, for example.
    fn receive_mapped(&mut self, c: u8) {
        if self.termios.local(ECHO) {
            self.finish_erasing();
            if c == b'\n' {
                self.echo_raw(c);
            } else {
                self.echo_line_start();
                self.echo(c);
            }
            self.echo_completed();
        }
        self.store(c);
    }
}
