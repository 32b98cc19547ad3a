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
//! The byte 0 is never in it: a setting of 0 switches a special character off, and a typed 0 is data (LC-10).
//!
//! One byte can be several special characters. The first that fits wins, in this order (LC-13): start, stop; interrupt,
//! quit, suspend; then carriage return and newline are mapped into one another, and what came of it may be erase, kill,
//! word erase, literal next, reprint, newline, end of file, or another end of line. `VDISCARD`, `VSWTC`, `PENDIN` and
//! `XCASE` are names without a meaning (LX-22).

use crate::flags::cc::{
    VEOF, VEOL, VEOL2, VERASE, VINTR, VKILL, VLNEXT, VQUIT, VREPRINT, VSTART, VSTOP, VSUSP, VWERASE,
};
use crate::flags::iflag::{ICRNL, IGNCR, INLCR, IXON};
use crate::flags::lflag::{ECHO, ECHOCTL, ECHONL, ICANON, IEXTEN, ISIG};
use crate::mutant::{Mutant, Rules};
use crate::{pty::Tty, signals::Signal, termios::Termios};

/// The bytes that are special under some settings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpecialSet([bool; 256]);

impl SpecialSet {
    pub(crate) fn of(termios: &Termios, rules: Rules) -> SpecialSet {
        let mut set = SpecialSet([false; 256]);
        let lines = termios.local(ICANON);
        let extended = |without| lines && termios.extended(rules, without);
        let echo = termios.local(ECHO) || rules.breaks(Mutant::ReprintWithoutEcho);
        let flow_control = termios.input(IXON) || rules.breaks(Mutant::FlowControlWithoutIxon);
        let signals = termios.local(ISIG) || rules.breaks(Mutant::SignalsWithoutIsig);
        let reprint = echo && extended(Mutant::ReprintWithoutIexten);

        set.insert(termios.input(IGNCR | ICRNL), b'\r');
        set.insert(termios.input(INLCR), b'\n');
        set.insert(lines, b'\n');
        for (condition, index) in [
            (lines, VERASE),
            (lines, VKILL),
            (lines, VEOF),
            (lines, VEOL),
            (extended(Mutant::WordEraseWithoutIexten), VWERASE),
            (extended(Mutant::LiteralNextWithoutIexten), VLNEXT),
            (extended(Mutant::SecondEndOfLineWithoutIexten), VEOL2),
            (reprint, VREPRINT),
            (flow_control, VSTART),
            (flow_control, VSTOP),
            (signals, VINTR),
            (signals, VQUIT),
            (signals, VSUSP),
        ] {
            set.insert(condition, termios.cc[index]);
        }
        if !rules.breaks(Mutant::ZeroIsSpecial) {
            set.0[0] = false;
        }
        set
    }

    fn insert(&mut self, condition: bool, c: u8) {
        self.0[usize::from(c)] |= condition;
    }

    pub(crate) fn contains(&self, c: u8) -> bool {
        self.0[usize::from(c)]
    }
}

impl Termios {
    /// Whether an extension of Linux is on; one mutant has it `without` its flag.
    fn extended(&self, rules: Rules, without: Mutant) -> bool {
        self.local(IEXTEN) || rules.breaks(without)
    }
}

impl Tty {
    /// A special character was typed.
    pub(crate) fn receive_special(&mut self, c: u8, looked_at: bool) {
        let signal = self.signal_of(c);
        let signal_first = signal.is_some() && self.breaks(Mutant::SignalsBeforeFlowControl);
        if !signal_first && self.receive_flow_control(c, looked_at) {
            return;
        }
        if let Some(signal) = signal {
            return self.receive_signal(signal, c);
        }
        self.restart_by_any();
        let typed = c;
        let Some(c) = self.map_line_ends(c) else {
            return;
        };
        let edits = if self.breaks(Mutant::EditingBeforeMapping) { typed } else { c };
        if self.termios.local(ICANON) && self.receive_editing(edits) {
            return;
        }
        self.receive_mapped(c);
    }

    fn signal_of(&self, c: u8) -> Option<Signal> {
        let on = (self.termios.local(ISIG) || self.breaks(Mutant::SignalsWithoutIsig))
            && (self.termios.local(ICANON) || !self.breaks(Mutant::SignalsNeedLines));
        let suspend = if self.breaks(Mutant::SuspendInterrupts) { Signal::Interrupt } else { Signal::Stop };
        [(VINTR, Signal::Interrupt), (VQUIT, Signal::Quit), (VSUSP, suspend)]
            .into_iter()
            .find_map(|(index, signal)| (on && self.termios.is(index, c)).then_some(signal))
    }

    /// `IGNCR` drops a carriage return; `ICRNL` and `INLCR`, together, swap it with a newline.
    fn map_line_ends(&self, c: u8) -> Option<u8> {
        let termios = &self.termios;
        if !termios.local(ICANON) && self.breaks(Mutant::LineEndsMappedOnlyInLines) {
            return Some(c);
        }
        let dropped = termios.input(IGNCR) && !(termios.input(ICRNL) && self.breaks(Mutant::IcrnlBeforeIgncr));
        match c {
            b'\r' if dropped => None,
            b'\r' if termios.input(INLCR) && self.breaks(Mutant::LineEndsMappedTwice) => Some(c),
            b'\r' if termios.input(ICRNL) => Some(b'\n'),
            b'\n' if termios.input(INLCR) => Some(b'\r'),
            c => Some(c),
        }
    }

    /// The characters that edit or end a line. Gives whether `c` is one.
    fn receive_editing(&mut self, c: u8) -> bool {
        let termios = &self.termios;
        let is = |index| termios.is(index, c);
        let extended = |without| termios.extended(self.rules, without);
        let echo = termios.local(ECHO);
        if is(VERASE) || is(VKILL) || is(VWERASE) && extended(Mutant::WordEraseWithoutIexten) {
            self.erase(c);
            self.echo_completed();
        } else if is(VLNEXT) && extended(Mutant::LiteralNextWithoutIexten) {
            self.literal_next = true;
            self.echo_literal_next();
        } else if is(VREPRINT)
            && (echo || self.breaks(Mutant::ReprintWithoutEcho))
            && extended(Mutant::ReprintWithoutIexten)
        {
            self.reprint(c);
        } else if c == b'\n' {
            self.receive_newline();
        } else if is(VEOF) {
            self.receive_end_of_file(c);
        } else if is(VEOL) || is(VEOL2) && extended(Mutant::SecondEndOfLineWithoutIexten) {
            if echo && !self.breaks(Mutant::EndOfLineNotEchoed) {
                self.echo_line_start();
                self.echo(c);
                self.echo_completed();
            }
            self.double_marked(c);
            self.input.end_line(if self.breaks(Mutant::EndOfLineNotRead) { 0 } else { c });
        } else {
            return false;
        }
        true
    }

    /// Literal next shows a caret, with the cursor on it.
    fn echo_literal_next(&mut self) {
        if self.termios.local(ECHO) {
            self.finish_erasing();
            if self.termios.local(ECHOCTL) && !self.breaks(Mutant::LiteralNextUnshown) {
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
        if !self.breaks(Mutant::ReprintOnSameLine) {
            self.echo_raw(b'\n');
        }
        for position in self.input.line() {
            self.echo(self.input.byte(position));
        }
        self.echo_completed();
    }

    /// A newline ends the line. It is echoed with `ECHONL` also, and closes no erasing of `ECHOPRT`.
    fn receive_newline(&mut self) {
        let echo = if self.breaks(Mutant::EchonlIgnored) { ECHO } else { ECHO | ECHONL };
        if self.termios.local(echo) {
            if self.breaks(Mutant::NewlineClosesErasing) {
                self.finish_erasing();
            }
            self.echo_raw(b'\n');
            self.echo_completed();
        }
        self.input.end_line(b'\n');
    }

    /// An end of file ends the line too, with a byte 0 that is not given to the program. It is never echoed.
    fn receive_end_of_file(&mut self, c: u8) {
        if self.breaks(Mutant::EndOfFileEchoed) {
            self.echo(c);
        }
        self.input.end_line(if self.breaks(Mutant::EndOfFileRead) { c } else { 0 });
    }

    /// A special character that turned out to mean nothing more: raw mode's line ends, for example.
    fn receive_mapped(&mut self, c: u8) {
        if self.termios.local(ECHO) {
            self.finish_erasing();
            if c == b'\n' && !self.breaks(Mutant::MappedNewlineShownAsCaret) {
                self.echo_raw(c);
            } else {
                self.echo_line_start();
                self.echo(c);
            }
            self.echo_completed();
        } else if c == b'\n' && self.termios.local(ECHONL) && self.breaks(Mutant::EchonlInRawMode) {
            self.echo_raw(c);
        }
        self.store(c);
    }
}
