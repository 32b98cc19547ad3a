//! Settings: what `tcsetattr` does to what is already there.
//!
//! Setting takes effect at once, also for bytes that were typed before and are not yet read. Most rules look at the
//! settings when they are needed, so there is little to do at the switch itself:
//!
//! - **`ICANON` or `EXTPROC` changed**: the queue is divided anew. Into raw mode, and into lines from an empty queue,
//!   nothing is a line. Into lines from a queue with bytes, all of them are one line that is complete and can no longer
//!   be edited, whatever newlines it holds (LM-03, LM-04); if its last byte is 0, it is taken for an end of file (LM-05).
//!   Literal next and the erasing of `ECHOPRT` are forgotten (LX-19). With neither changed, all of that stays (LM-08).
//! - **`IXON` went off**: output that `^S` stopped starts, and echo that waits is carried out (LI-08).
//! - **`TCSAFLUSH`** drops unread input first, but not the column, literal next or waiting echo, nor bytes that
//!   [wait](crate::waiting) for room (LM-10). Those come in then, in a race with the new settings, which mostly win; so
//!   they do here. `TCSADRAIN` is the same as `TCSANOW`, since a pty has nothing to wait for.
//! - A pty has eight bits, a receiver and no parity, whatever was asked for (PT-09). All other bits are kept.
//! - A master in [packet mode](crate::packet) is told of flow control that starts or ends to be `^S` and `^Q`, and, with
//!   `EXTPROC`, of every `tcsetattr`.
//!
//! Setting through the master does the same: the master has no settings of its own (PT-08).

use crate::flags::cc::{VSTART, VSTOP};
use crate::flags::cflag::{CREAD, CS8, CSIZE, PARENB};
use crate::flags::lflag::{EXTPROC, ICANON};
use crate::pty::{Side, Tty};
use crate::{flags::iflag::IXON, mutant::Mutant, packet::Status, special::SpecialSet, termios::Termios};

/// When `tcsetattr` takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `TCSANOW`.
    Now,
    /// `TCSADRAIN`: after output was sent, which on a pty it always is.
    Drain,
    /// `TCSAFLUSH`: after dropping unread input.
    Flush,
}

impl Termios {
    /// Whether output is controlled by the usual characters, so that a master could do it itself.
    fn has_usual_flow_control(&self) -> bool {
        self.input(IXON) && self.has_usual_characters()
    }

    /// Whether `^Q` starts output and `^S` stops it.
    fn has_usual_characters(&self) -> bool {
        self.is(VSTART, 0x11) && self.is(VSTOP, 0x13)
    }
}

impl Tty {
    /// `tcsetattr`, through either side.
    pub fn set_termios(&mut self, action: Action, termios: &Termios) {
        let flushes = match action {
            Action::Now => false,
            Action::Drain => self.breaks(Mutant::DrainDropsInput),
            Action::Flush => !self.breaks(Mutant::FlushKeepsInput),
        };
        if flushes {
            self.flush_input(Side::Slave, self.breaks(Mutant::FlushDropsWaiting));
        }
        let old = std::mem::replace(&mut self.termios, termios.clone());
        if !self.breaks(Mutant::AnyCharacterSize) {
            self.termios.cflag = self.termios.cflag & !(CSIZE | PARENB) | CS8 | CREAD;
        }
        self.special = SpecialSet::of(&self.termios, self.rules);
        self.tell_of_settings(&old);
        self.divide_queue_anew(&old);
        let released = old.input(IXON) && !self.termios.input(IXON);
        if released && !self.breaks(Mutant::StopOutlivesIxon) {
            self.start_output();
            self.release_echo();
        }
        if flushes {
            self.hand_over();
        }
        self.output.wire.settle();
    }

    fn tell_of_settings(&mut self, old: &Termios) {
        let new = &self.termios;
        let usual = |termios: &Termios| match self.breaks(Mutant::OnlyIxonTold) {
            true => termios.input(IXON),
            false if self.breaks(Mutant::IxonUntold) => termios.has_usual_characters(),
            false => termios.has_usual_flow_control(),
        };
        match (usual(old), usual(new)) {
            (true, false) => self.packet.tell(Status::FLOW_CONTROL_OFF),
            (false, true) => self.packet.tell(Status::FLOW_CONTROL_ON),
            _ => {}
        }
        let tells = old.local(EXTPROC) || new.local(EXTPROC) || self.breaks(Mutant::EverySettingTold);
        if tells && !self.breaks(Mutant::ExtprocUntold) {
            self.packet.tell(Status::SETTINGS);
        }
    }

    fn divide_queue_anew(&mut self, old: &Termios) {
        let (icanon, extproc) = (self.toggled(old, ICANON), self.toggled(old, EXTPROC));
        let divides = icanon || extproc && !self.breaks(Mutant::ExtprocDoesNotDivide);
        if divides || self.breaks(Mutant::EveryChangeDivides) {
            self.input.divide_anew(self.termios.local(ICANON));
            self.erasing &= self.breaks(Mutant::ErasingOutlivesSwitch);
            self.literal_next &= self.breaks(Mutant::LiteralOutlivesSwitch);
        }
    }

    fn toggled(&self, old: &Termios, flag: u32) -> bool {
        old.local(flag) != self.termios.local(flag)
    }
}
