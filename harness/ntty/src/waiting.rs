//! Waiting: bytes that were typed and that the line discipline has no room for.
//!
//! A write is cut into pieces of 2048 bytes. They wait in the kernel's [flip buffers](crate::flip_buffers), and are handed over, one batch per buffer, when a reader
//! has taken something, when more is typed, and when input is flushed. Only then: a setting that makes room (`PARMRK`
//! going off) does not bring them in.
//!
//! # Looking ahead
//!
//! A `^C` that waits does nothing until it is handed over (LB-05). A `^S` or `^Q` does, since Linux 6.0: what waits is
//! searched for the start and stop characters, which act at once and not again when they are handed over (LB-06).
//! Looking ahead is cruder than receiving. It knows neither `ISTRIP` nor literal next, nor that a setting of 0 switches
//! the character off: with `VSTOP` 0, a typed 0 that waits stops output.
//!
//! The line discipline keeps only a *number* of bytes looked at. It is forgotten when input is flushed, though what waits
//! has been looked at, and it stays when what waits is dropped (`tcflush(TCOFLUSH)` of the master), though it is gone.
//! A signal character that waited is counted twice: flushing sets the number to 0, and then what was looked at is
//! subtracted. It wraps around, and `^S` and `^Q` are dead until input is flushed. Linux 6.18 does so.

use crate::{mutant::Mutant, pty::Tty};

/// The kernel takes a write in pieces of this many bytes.
pub(crate) const PIECE: usize = 2048;

/// When the kernel's worker hands over what is being written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandOver {
    /// When the write is done.
    LastPiece,
    /// While it is being made.
    EachPiece,
}

impl Tty {
    /// Takes what was typed, piece by piece, hands over what there is room for, after the last piece or after each, and
    /// gives how much was taken.
    pub(crate) fn take_typed(&mut self, bytes: &[u8], after: HandOver) -> usize {
        let piece = if self.breaks(Mutant::WritesUncut) { bytes.len() } else { PIECE };
        let mut taken = 0;
        for piece in bytes.chunks(piece) {
            let fits = self.waiting.put(piece);
            taken += fits;
            if fits < piece.len() {
                break;
            }
            if after == HandOver::EachPiece {
                self.hand_over();
            }
        }
        self.hand_over();
        taken
    }

    /// Hands over what waits, as far as there is room, and looks ahead at the rest.
    pub(crate) fn hand_over(&mut self) {
        loop {
            let bytes = self.waiting.next();
            if bytes.is_empty() {
                return;
            }
            let taken = self.take_in(&bytes);
            self.waiting.advance(taken);
            if taken < bytes.len() {
                self.look_ahead();
            }
            if taken == 0 {
                return;
            }
        }
    }

    fn look_ahead(&mut self) {
        if self.breaks(Mutant::NoLookAhead) || !self.rules.edition.looks_ahead() {
            return;
        }
        let bytes = self.waiting.look();
        self.looked_at = self.looked_at.wrapping_add(bytes.len());
        for c in bytes {
            self.receive_flow_control(c, false);
        }
    }

    /// So many of the bytes that were looked at have been handed over.
    pub(crate) fn forget_looked_at(&mut self, handed_over: usize) {
        self.looked_at = if self.breaks(Mutant::LookedAtStopsAtZero) {
            self.looked_at.saturating_sub(handed_over)
        } else {
            self.looked_at.wrapping_sub(handed_over)
        };
    }
}
