//! A ring of 4096 bytes, the shape of both of the line discipline's queues.

/// How many bytes a queue holds.
pub(crate) const SIZE: usize = 4096;

/// 4096 bytes, addressed by positions that only ever grow: position `p` is in slot `p % 4096`.
///
/// Who writes more than 4096 positions ahead of the reader overwrites what was not yet read. The kernel does not guard
/// against that everywhere (see [`echo`](crate::echo)), so the model must be able to do it too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ring(Box<[u8; SIZE]>);

impl Ring {
    pub(crate) fn new() -> Ring {
        Ring(Box::new([0; SIZE]))
    }

    pub(crate) fn get(&self, position: usize) -> u8 {
        self.0[position % SIZE]
    }

    pub(crate) fn set(&mut self, position: usize, byte: u8) {
        self.0[position % SIZE] = byte;
    }

    /// Stores `bytes`, of which there are at most 4096, from `position` on.
    pub(crate) fn set_all(&mut self, position: usize, bytes: &[u8]) {
        let start = position % SIZE;
        let (to_the_end, wrapped) = bytes.split_at(bytes.len().min(SIZE - start));
        self.0[start..start + to_the_end.len()].copy_from_slice(to_the_end);
        self.0[..wrapped.len()].copy_from_slice(wrapped);
    }

    /// What is at `position` and after it, at most `most` bytes and at most to the end of the ring's memory.
    pub(crate) fn stretch(&self, position: usize, most: usize) -> &[u8] {
        let start = position % SIZE;
        &self.0[start..SIZE.min(start + most)]
    }
}

/// Whether two positions are the same slot.
pub(crate) fn same_slot(a: usize, b: usize) -> bool {
    a % SIZE == b % SIZE
}
