//! The model of the line discipline.

use super::{Seen, Stage, StageError};
use crate::scenario::{Action, Look};
use crate::{change::Change, pattern::Piece};
use ntty::{Read, Tty};

/// The model, or a mutant of it: a new one for each scenario.
pub struct Model {
    new: Tty,
    tty: Tty,
}

impl Default for Model {
    fn default() -> Self {
        Self::new()
    }
}

impl Model {
    /// The model itself.
    pub fn new() -> Self {
        Self::of(Tty::new())
    }

    /// The model of an older kernel.
    pub fn of_edition(edition: ntty::Edition) -> Self {
        Self::of(Tty::of(edition))
    }

    /// The model with one rule broken.
    #[cfg(feature = "mutants")]
    pub fn mutant(mutant: ntty::Mutant) -> Self {
        Self::of(Tty::with_mutant(mutant))
    }

    fn of(new: Tty) -> Self {
        let tty = new.clone();
        Self { new, tty }
    }

    fn master_reads(&mut self, seen: &mut Seen) {
        for piece in self.tty.master_reads() {
            match piece {
                ntty::Piece::Certain(bytes) => seen.echo.push(Piece::Certain(bytes)),
                ntty::Piece::Prefix(bytes) => seen.echo.push(Piece::Prefix(bytes)),
                ntty::Piece::Status(status) => seen.status.push(status),
            }
        }
    }

    fn act(&mut self, action: &Action) -> Option<usize> {
        match action {
            Action::Type(bytes) => return Some(self.tty.receive(bytes)),
            Action::Write(bytes) => return Some(self.tty.write(bytes)),
            // Through either end the slave's settings change.
            Action::Set { change, when, .. } => {
                self.tty.set_termios(*when, &change.of(self.tty.termios()));
            }
            Action::Flush { queue, on } => self.tty.flush(*on, *queue),
            Action::Flow { flow, on } => self.tty.flow(*on, *flow),
            Action::PacketMode(on) => self.tty.set_packet_mode(*on),
            Action::Resize(size) => self.tty.set_size(*size),
        }
        None
    }
}

impl Stage for Model {
    fn begin(&mut self, termios: &Change) -> Result<(), StageError> {
        self.tty = self.new.clone();
        self.tty.set_termios(ntty::Action::Now, &termios.of(self.tty.termios()));
        Ok(())
    }

    fn perform(&mut self, action: Option<&Action>, look: &Look) -> Result<Seen, StageError> {
        let taken = match action {
            Some(Action::Type(bytes)) => self.tty.receive_for_certain(bytes).map(Some),
            action => Ok(action.and_then(|action| self.act(action))),
        };
        let seen = self.look(taken.unwrap_or_else(Some), look);
        Ok(Seen { race: taken.is_err() || seen.echo.longest().len() > HELD_FOR_CERTAIN, ..seen })
    }
}

/// What a master's queue holds for certain. Where more comes at once, it is a matter of time how much of it has
/// been taken away meanwhile, and so how much of the echo behind it is dropped.
const HELD_FOR_CERTAIN: usize = 4095;

impl Model {
    /// What will be seen, if the kernel's worker does its work once the action is done.
    pub(crate) fn foresee(&mut self, action: Option<&Action>, look: &Look) -> Seen {
        let taken = action.and_then(|action| self.act(action));
        self.look(taken, look)
    }

    fn look(&mut self, taken: Option<usize>, look: &Look) -> Seen {
        let mut seen = Seen { taken, ..Seen::default() };
        if !look.hold {
            self.master_reads(&mut seen);
        }
        seen.signals = self.tty.take_signals();
        seen.readable = look.readable.then(|| self.tty.readable());
        seen.writable = look.writable.then(|| self.tty.writable());
        seen.unread = look.unread.then(|| self.tty.unread());
        for _ in 0..look.reads {
            seen.reads.push(self.tty.read(look.most));
            if seen.reads.last() == Some(&Read::WouldBlock) {
                break;
            }
        }
        seen
    }
}
