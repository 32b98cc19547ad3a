//! Limits: what happens when the input queue is full.
//!
//! The queue takes 4095 bytes, a third of the room that is left with `PARMRK` (which could need three bytes for one).
//! What comes when it is full depends on whether a reader could make room:
//!
//! - Raw mode, or a complete line is waiting: nothing more is taken. The bytes [wait](crate::waiting), without echo and
//!   without effect, even `^C` (LB-04, LB-05).
//! - Canonical mode and no complete line: no reader could make room, and the editing and line end characters must still
//!   get through. Each byte is processed and echoed as always, in a batch of its own; if it was stored, in a slot that
//!   is kept for this, the next byte takes its place. So a line that is too long loses its end but not its newline
//!   (LB-01), and an erase character erases a character that was kept (LB-02). There is no bell, with `IMAXBEL` or
//!   without (LB-03).
//!
//! The last slot is given back at the end of each batch, which in one corner leaves the queue with less than nothing: with
//! `ICANON` and `EXTPROC` its byte can be read before. `FIONREAD` then says -1, and the next byte that is typed is lost.

use crate::{flags::iflag::PARMRK, flags::lflag::ICANON, mutant::Mutant, pty::Tty, ring::SIZE};

enum Room {
    /// For so many bytes.
    For(usize),
    /// For one byte, in the place of the last.
    Overflow,
    None,
}

impl Tty {
    /// Takes as much of `bytes` as there is room for, and gives how much.
    pub(crate) fn take_in(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        loop {
            let room = match self.room() {
                Room::For(room) => room,
                Room::Overflow => {
                    self.give_back_last_slot();
                    1
                }
                Room::None if self.breaks(Mutant::RefusedBytesLost) => return bytes.len(),
                Room::None => 0,
            };
            let (batch, later) = rest.split_at(room.min(rest.len()));
            if batch.is_empty() {
                return bytes.len() - rest.len();
            }
            self.receive_batch(batch);
            rest = later;
        }
    }

    fn room(&self) -> Room {
        let left = SIZE as isize - self.input.len();
        let divided = self.termios.input(PARMRK) && !self.breaks(Mutant::ParmrkTakesNoRoom);
        let kept = if self.breaks(Mutant::LastSlotUsed) { 0 } else { 1 };
        let room = if divided { (left + 2) / 3 } else { left } - kept;
        let waits_for_reader = self.input.has_line() && !self.breaks(Mutant::CompleteLineOverflows);
        if room > 0 {
            Room::For(room as usize)
        } else if self.termios.local(ICANON) && !waits_for_reader && !self.breaks(Mutant::LongLineWaits) {
            Room::Overflow
        } else {
            Room::None
        }
    }

    /// In overflow, the next byte takes the place of the last, which is dropped also if there is no next byte.
    fn give_back_last_slot(&mut self) {
        if self.input.len() >= SIZE as isize {
            if self.breaks(Mutant::OverflowRings) {
                self.echo_raw(0x07);
            }
            self.input.drop_newest();
        }
    }
}
