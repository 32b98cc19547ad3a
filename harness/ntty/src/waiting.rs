//! Waiting: bytes that were typed and that the line discipline has no room for.
//!
//! They wait in the kernel's flip buffers, and are handed over, as one batch per buffer, when a reader has taken
//! something, when more is typed, and when input is flushed. Only these: an option that makes room (`PARMRK` going off)
//! does not.
//!
//! # Looking ahead
//!
//! A `^C` that waits does nothing until it is handed over (LB-05). A `^S` or `^Q` does, since Linux 6.0: what waits is
//! looked at once for the start and stop characters, which act at once and not again when they are handed over (LB-06).
//! Looking ahead is cruder than receiving: it knows neither `ISTRIP` nor literal next, nor that a setting of 0 switches
//! the character off.
//!
//! The line discipline keeps only a *number* of bytes looked at. It is forgotten when input is flushed, though what waits
//! has been looked at, and it stays when what waits is dropped (`tcflush(TCOFLUSH)` of the master), though it is gone.
//! A signal character that waited is counted twice: flushing sets the number to 0, and then what was looked at is
//! subtracted. It wraps around, and `^S` and `^Q` are dead until input is flushed. Linux 6.18 does so.
//!
//! # Buffers
//!
//! A buffer is made for at least 256 bytes, in steps of 256, and holds twice that of bytes without line errors, as those
//! of a pty are. What does not fit into the newest gets a new one. More than 8192, counted by the size asked for, are not
//! made: the master's write is then cut short, or fails with EAGAIN.

use crate::mutant::Mutant;
use crate::pty::Tty;
use std::collections::VecDeque;

/// What is put into a buffer at once, at most.
const PORTION: usize = 1792;
/// Sizes of buffers are multiples of this, and those of this size are kept for later.
const STEP: usize = 256;
/// No new buffer is made when those there are have more than this size together.
const LIMIT: usize = 8192;

#[derive(Clone, Debug)]
struct Buffer {
    bytes: Vec<u8>,
    size: usize,
    handed_over: usize,
    looked_at: usize,
}

/// The flip buffers, oldest first. There is always one.
#[derive(Clone, Debug)]
pub(crate) struct FlipBuffers {
    buffers: VecDeque<Buffer>,
    /// The size of all of them.
    size: usize,
    /// How many of the smallest size are kept for later.
    spare: usize,
}

impl FlipBuffers {
    pub(crate) fn new() -> FlipBuffers {
        let mut buffers = FlipBuffers {
            buffers: VecDeque::new(),
            size: 0,
            spare: 0,
        };
        buffers.buffers.push_back(Buffer::of_size(0));
        buffers
    }

    /// Puts bytes in, and gives how many found a place.
    fn put(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            let portion = rest.len().min(PORTION);
            if self.newest().place() < portion {
                self.make(portion);
            }
            let newest = self.newest();
            let (fits, later) = rest.split_at(newest.place().min(portion));
            if fits.is_empty() {
                break;
            }
            newest.bytes.extend_from_slice(fits);
            rest = later;
        }
        bytes.len() - rest.len()
    }

    fn newest(&mut self) -> &mut Buffer {
        self.buffers.back_mut().expect("there is always one")
    }

    /// Makes a buffer for `length` bytes, if the limit allows it.
    fn make(&mut self, length: usize) {
        let size = length.next_multiple_of(STEP);
        if size == STEP && self.spare > 0 {
            self.spare -= 1;
        } else if self.size > LIMIT {
            return;
        }
        self.size += size;
        self.buffers.push_back(Buffer::of_size(size));
    }

    /// Frees the oldest buffer, if there is a newer one.
    fn free_oldest(&mut self) -> bool {
        if self.buffers.len() == 1 {
            return false;
        }
        let size = self.buffers.pop_front().expect("there are two").size;
        self.size -= size;
        self.spare += usize::from(size == STEP);
        true
    }

    /// Drops everything that waits.
    pub(crate) fn clear(&mut self) {
        while self.free_oldest() {}
        let newest = self.newest();
        newest.handed_over = newest.bytes.len();
        newest.looked_at = newest.handed_over;
    }
}

impl Buffer {
    fn of_size(size: usize) -> Buffer {
        Buffer {
            bytes: Vec::new(),
            size,
            handed_over: 0,
            looked_at: 0,
        }
    }

    /// For how many more bytes there is place.
    fn place(&self) -> usize {
        2 * self.size - self.bytes.len()
    }
}

impl Tty {
    /// Takes what was typed, hands over what there is room for, and gives how much was taken.
    pub(crate) fn take_typed(&mut self, bytes: &[u8]) -> usize {
        let taken = self.waiting.put(bytes);
        self.hand_over();
        taken
    }

    /// Hands over what waits, as far as there is room.
    pub(crate) fn hand_over(&mut self) {
        loop {
            let oldest = &mut self.waiting.buffers[0];
            if oldest.handed_over == oldest.bytes.len() {
                if self.waiting.free_oldest() {
                    continue;
                }
                return;
            }
            let bytes = std::mem::take(&mut oldest.bytes);
            let waiting = &bytes[oldest.handed_over..];
            let taken = self.take_in(waiting);
            let all = taken == waiting.len();
            let oldest = &mut self.waiting.buffers[0];
            oldest.bytes = bytes;
            oldest.handed_over += taken;
            if !all {
                self.look_ahead();
            }
            if taken == 0 {
                return;
            }
        }
    }

    fn look_ahead(&mut self) {
        if self.breaks(Mutant::NoLookAhead) {
            return;
        }
        for index in 0..self.waiting.buffers.len() {
            let buffer = &mut self.waiting.buffers[index];
            let start = buffer.looked_at.max(buffer.handed_over);
            buffer.looked_at = buffer.bytes.len();
            self.looked_at = self.looked_at.wrapping_add(buffer.bytes.len() - start);
            let bytes = std::mem::take(&mut buffer.bytes);
            for &c in &bytes[start..] {
                self.receive_flow_control(c, false);
            }
            self.waiting.buffers[index].bytes = bytes;
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
