//! Packet mode: what a master is told beside the bytes.
//!
//! A master in packet mode (`TIOCPKT`) reads a 0 before each piece of data, and a status in a read of its own. Statuses
//! are bits that gather until they are read, all of them at once and before any data (PK-03):
//!
//! | bit | told when |
//! |---|---|
//! | 1 | the slave's input was flushed: by `tcflush`, `TCSAFLUSH` or a signal character (PK-04, PK-08) |
//! | 2 | the slave's output was flushed: by `tcflush` or a signal character |
//! | 4 | output stopped (PK-05) |
//! | 8 | output started. The later of 4 and 8 takes the other away |
//! | 16 | `^S` and `^Q` no longer do what they do: `IXON` is off, or they are other characters (PK-06) |
//! | 32 | they do again. The later of 16 and 32 takes the other away |
//! | 64 | settings were set, with `EXTPROC` before or after (PK-07) |
//!
//! A flush through the *master* tells nothing. Switching packet mode off hides what was not read, switching it on again
//! clears it (PK-09).

use crate::mutant::{Mutant, Rules};

/// One status, or a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u8);

impl Status {
    pub(crate) const FLUSHED_INPUT: Status = Status(1);
    pub(crate) const FLUSHED_OUTPUT: Status = Status(2);
    pub(crate) const STOPPED: Status = Status(4);
    pub(crate) const STARTED: Status = Status(8);
    pub(crate) const FLOW_CONTROL_OFF: Status = Status(16);
    pub(crate) const FLOW_CONTROL_ON: Status = Status(32);
    pub(crate) const SETTINGS: Status = Status(64);

    /// The status that this one takes away.
    fn opposite(self) -> u8 {
        match self {
            Status::STOPPED => Status::STARTED.0,
            Status::STARTED => Status::STOPPED.0,
            Status::FLOW_CONTROL_OFF => Status::FLOW_CONTROL_ON.0,
            Status::FLOW_CONTROL_ON => Status::FLOW_CONTROL_OFF.0,
            _ => 0,
        }
    }
}

/// Packet mode and the statuses that are not yet read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Packet {
    on: bool,
    statuses: u8,
    rules: Rules,
}

impl Packet {
    pub(crate) fn new(rules: Rules) -> Packet {
        Packet { on: false, statuses: 0, rules }
    }

    pub(crate) fn set(&mut self, on: bool) {
        if on && !self.on && !self.rules.breaks(Mutant::OldStatusKept) {
            self.statuses = 0;
        }
        self.on = on;
    }

    fn listens(&self) -> bool {
        self.on || self.rules.breaks(Mutant::StatusWithoutPacketMode)
    }

    /// Tells the master, if it listens.
    pub(crate) fn tell(&mut self, status: Status) {
        if self.listens() {
            if !self.rules.breaks(Mutant::OppositesToldTogether) {
                self.statuses &= !status.opposite();
            }
            self.statuses |= status.0;
        }
    }

    /// The status that the next read gives.
    pub(crate) fn take(&mut self) -> Option<u8> {
        let shown = self.listens() || self.rules.breaks(Mutant::HiddenStatusShown);
        (shown && self.statuses != 0).then(|| std::mem::take(&mut self.statuses))
    }
}
