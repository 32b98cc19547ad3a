//! Receiving: from typed bytes to the input queue and the echo.
//!
//! Bytes come in batches. A batch is what the kernel's worker hands over at once: usually one write of the master, cut
//! by the [limits](crate::limits) where the queue gets full. Batches show in two places only: echo goes out at the end of
//! a batch, and a signal character takes the unsent echo of its own batch with it (LS-03).
//!
//! What happens to each byte, in this order:
//!
//! 1. If nothing of the settings can touch it (none of `ISTRIP`, `IUCLC`, `IGNCR`, `ICRNL`, `INLCR`, `IXON`, `PARMRK`,
//!    `ICANON`, `ISIG`, `ECHO`), it is stored. Otherwise:
//! 2. `ISTRIP` takes the eighth bit, `IUCLC` (with `IEXTEN`) turns it into lower case. These two come first: 0x83 with
//!    `ISTRIP` is `^C` (LS-08). They hold even with `EXTPROC` (LI-13), and after literal next (LX-20).
//! 3. With `EXTPROC` it is stored.
//! 4. After literal next it is plain.
//! 5. If it is in the [special set](crate::special), it does what its meaning is, otherwise it is plain.
//!
//! A plain byte restarts output under `IXANY`, is echoed and stored. A newline is plain in raw mode, and then is
//! echoed as `^J` under `ECHOCTL`, like any control character; one that `ICRNL` made of a carriage return is not (LE-07).

use crate::flags::iflag::{ICRNL, IGNCR, INLCR, ISTRIP, IUCLC, IXON, PARMRK};
use crate::flags::lflag::{ECHO, EXTPROC, ICANON, IEXTEN, ISIG};
use crate::{characters::to_lower, mutant::Mutant, pty::Tty, termios::Termios};

impl Termios {
    /// Whether bytes are stored without being looked at.
    fn is_raw(&self) -> bool {
        !self.input(ISTRIP | IUCLC | IGNCR | ICRNL | INLCR | IXON | PARMRK) && !self.local(ICANON | ISIG | ECHO)
    }

    fn lowers_case(&self) -> bool {
        self.input(IUCLC) && self.local(IEXTEN)
    }
}

impl Tty {
    /// Takes a batch, for all of which there is room.
    pub(crate) fn receive_batch(&mut self, batch: &[u8]) {
        let looked_at = self.looked_at.min(batch.len());
        let termios = &self.termios;
        let changed = termios.input(ISTRIP) || termios.lowers_case();
        if termios.is_raw() || self.leaves_editing() && !changed {
            self.input.extend(batch);
            if self.breaks(Mutant::RawBytesEchoed) {
                batch.iter().for_each(|&c| self.echo(c));
                self.flush_all_echo();
            }
        } else {
            for (index, &c) in batch.iter().enumerate() {
                self.receive_byte(c, index < looked_at);
                if self.breaks(Mutant::EchoAtEachByte) {
                    self.flush_echo();
                    self.output.wire.settle();
                }
            }
            self.flush_echo();
        }
        self.forget_looked_at(looked_at);
        let held = self.breaks(Mutant::RawBytesNeedNewline) && !batch.contains(&b'\n');
        if !self.termios.reads_lines() && !held {
            self.input.publish();
        }
    }

    fn receive_byte(&mut self, typed: u8, looked_at: bool) {
        let literal = std::mem::take(&mut self.literal_next);
        let unchanged = literal && self.breaks(Mutant::LiteralNotChanged)
            || self.leaves_editing() && self.breaks(Mutant::ExtprocNotChanged);
        let c = if unchanged { typed } else { self.change(typed) };
        let known_by = if self.breaks(Mutant::SpecialBeforeStripping) { typed } else { c };
        if literal && !self.breaks(Mutant::LiteralMeansSpecial) {
            self.receive_plain(c);
        } else if self.leaves_editing() {
            self.input.push(c);
        } else if self.special.contains(known_by) {
            self.receive_special(c, looked_at);
        } else {
            self.receive_plain(c);
        }
    }

    /// Whether somebody else edits: `EXTPROC`.
    fn leaves_editing(&self) -> bool {
        self.termios.local(EXTPROC) && !self.breaks(Mutant::ExtprocIgnored)
    }

    /// `ISTRIP` and `IUCLC`.
    fn change(&self, c: u8) -> u8 {
        let c = if self.termios.input(ISTRIP) && !self.breaks(Mutant::IstripIgnored) { c & 0x7f } else { c };
        let lowers = self.termios.lowers_case() || self.termios.input(IUCLC) && self.breaks(Mutant::IuclcWithoutIexten);
        let lowers = lowers && (self.termios.local(ICANON) || !self.breaks(Mutant::IuclcNeedsLines));
        match lowers {
            true if self.breaks(Mutant::OnlyAsciiLowered) => c.to_ascii_lowercase(),
            true => to_lower(c),
            false => c,
        }
    }

    fn receive_plain(&mut self, c: u8) {
        self.restart_by_any();
        if self.termios.local(ECHO) || self.breaks(Mutant::EchoWithoutEcho) {
            self.finish_erasing();
            self.echo_line_start();
            if c == b'\n' && self.breaks(Mutant::PlainNewlineEchoedRaw) {
                self.echo_raw(c);
            } else {
                self.echo(c);
            }
            self.echo_completed();
        }
        self.store(c);
    }

    /// Puts a byte into the current line.
    pub(crate) fn store(&mut self, c: u8) {
        self.double_marked(c);
        self.input.push(c);
    }

    /// `PARMRK` announces errors with the byte 255, so a real 255 is doubled (LI-05).
    pub(crate) fn double_marked(&mut self, c: u8) {
        let marks = self.termios.input(PARMRK) && !self.breaks(Mutant::MarkNotDoubled);
        if c == 0xff && marks {
            self.input.push(c);
        }
    }
}
