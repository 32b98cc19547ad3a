//! Flip buffers: where typed bytes wait for the line discipline.
//!
//! Every byte passes through one. Mostly it is handed over at once. What is typed while something
//! [waits](crate::waiting) joins the newest buffer if it fits, and later each buffer is handed over as one batch.
//!
//! A buffer is made for at least 256 bytes, in steps of 256, and holds twice that of bytes without line errors, as those
//! of a pty are. A write that does not fit into the newest gets a new one. Once there are more than 8192, by the sizes
//! asked for, no more are made, except those of the smallest size that were used before; the master's write is then cut
//! short, or fails with `EAGAIN` (LB-05).

use std::collections::VecDeque;

/// What is put into a buffer at once, at most.
const PORTION: usize = 1792;
/// Sizes of buffers are multiples of this, and those of this size are kept for later.
const STEP: usize = 256;
/// No new buffer is made when those there are have more than this size together.
const LIMIT: usize = 8192;

/// One buffer. Its bytes stay until it is freed, for they take its place.
#[derive(Clone, Debug, PartialEq)]
struct Buffer {
    bytes: Vec<u8>,
    size: usize,
    handed_over: usize,
    looked_at: usize,
}

/// The flip buffers, oldest first. There is always one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FlipBuffers {
    buffers: VecDeque<Buffer>,
    /// The size of all of them.
    size: usize,
    /// How many of the smallest size are kept for later.
    spare: usize,
}

impl FlipBuffers {
    pub(crate) fn new() -> FlipBuffers {
        FlipBuffers { buffers: VecDeque::from([Buffer::of_size(0)]), size: 0, spare: 0 }
    }

    /// Puts bytes in, and gives how many found a place.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> usize {
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

    /// What is to be handed over next: all that waits in the oldest buffer that holds anything.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        while self.buffers[0].waiting().is_empty() && self.free_oldest() {}
        self.buffers[0].waiting().to_vec()
    }

    /// So many bytes of the [next](FlipBuffers::next) ones were handed over.
    pub(crate) fn advance(&mut self, handed_over: usize) {
        self.buffers[0].handed_over += handed_over;
    }

    /// All bytes that wait and were not looked at before.
    pub(crate) fn look(&mut self) -> Vec<u8> {
        self.buffers.iter_mut().flat_map(|buffer| buffer.look().to_vec()).collect()
    }

    /// Drops everything that waits.
    pub(crate) fn clear(&mut self) {
        while self.free_oldest() {}
        let newest = self.newest();
        newest.handed_over = newest.bytes.len();
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

    /// Frees the oldest buffer, if there is a newer one. Gives whether there was.
    fn free_oldest(&mut self) -> bool {
        let newer = self.buffers.len() > 1;
        if newer && let Some(oldest) = self.buffers.pop_front() {
            self.size -= oldest.size;
            self.spare += usize::from(oldest.size == STEP);
        }
        newer
    }
}

impl Buffer {
    fn of_size(size: usize) -> Buffer {
        Buffer { bytes: Vec::new(), size, handed_over: 0, looked_at: 0 }
    }

    /// For how many more bytes there is place.
    fn place(&self) -> usize {
        2 * self.size - self.bytes.len()
    }

    fn waiting(&self) -> &[u8] {
        &self.bytes[self.handed_over..]
    }

    fn look(&mut self) -> &[u8] {
        let start = self.looked_at.max(self.handed_over);
        self.looked_at = self.bytes.len();
        &self.bytes[start..]
    }
}
