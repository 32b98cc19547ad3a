//! The input queue: what was typed and not yet read.
//!
//! One queue of 4096 bytes serves both modes. Three marks divide it:
//!
//! ```text
//!     read            lines                 write
//!      |                |                     |
//!      v                v                     v
//!      h e l l o \n 0 . a b c ............... (4096 at most)
//!                 ^   ^
//!                 line ends
//! ```
//!
//! - Up to `lines` are complete lines: each ends with a byte that is marked as a line's end. An end of file is such a
//!   byte too, with value 0, and is not given to the program. A reader of lines gets nothing else.
//! - From `lines` on is the current line, the only thing that can be edited.
//! - Up to `visible` a reader of raw bytes may take. It is moved to `write` after each batch, unless lines are read.
//!
//! That a byte ends a line is a mark beside the byte, made when it came in. This explains what happens when settings
//! change over a full queue (LM-01 to LM-05, LC-14): a newline typed in raw mode never ends a line later, an end of file
//! typed in canonical mode reads as the byte 0 in raw mode, and a new `VEOF` says nothing about what is queued.

use crate::mutant::{Mutant, Rules};
use crate::ring::{Ring, SIZE};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InputQueue {
    bytes: Ring,
    line_ends: Box<[bool; SIZE]>,
    read: usize,
    lines: usize,
    visible: usize,
    write: usize,
    rules: Rules,
}

/// Whether taking bytes of a line came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEnd {
    Reached,
    NotReached,
}

impl InputQueue {
    pub(crate) fn new(rules: Rules) -> InputQueue {
        InputQueue {
            bytes: Ring::new(),
            line_ends: Box::new([false; SIZE]),
            read: 0,
            lines: 0,
            visible: 0,
            write: 0,
            rules,
        }
    }

    /// How many bytes are queued. Can be -1 for a moment, see [`limits`](crate::limits).
    pub(crate) fn len(&self) -> isize {
        self.write.wrapping_sub(self.read) as isize
    }

    /// Appends a byte to the current line.
    pub(crate) fn push(&mut self, c: u8) {
        self.bytes.set(self.write, c);
        self.write = self.write.wrapping_add(1);
    }

    /// Appends many.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.set_all(self.write, bytes);
        self.write = self.write.wrapping_add(bytes.len());
    }

    /// Appends the byte that ends the current line.
    pub(crate) fn end_line(&mut self, c: u8) {
        self.line_ends[self.write % SIZE] = true;
        self.push(c);
        self.lines = self.write;
    }

    /// Drops the newest byte.
    pub(crate) fn drop_newest(&mut self) {
        self.write = self.write.wrapping_sub(1);
    }

    /// Lets a reader of raw bytes have all of it.
    pub(crate) fn publish(&mut self) {
        self.visible = self.write;
    }

    /// Drops all of it.
    pub(crate) fn clear(&mut self) {
        (self.read, self.lines, self.visible, self.write) = (0, 0, 0, 0);
        self.line_ends.fill(false);
    }

    /// Forgets which bytes end lines. What is queued becomes one complete line, or none at all.
    pub(crate) fn divide_anew(&mut self, one_line: bool) {
        self.line_ends.fill(false);
        self.lines = self.read;
        if one_line && self.write != self.read && !self.rules.breaks(Mutant::QueuedBytesStayOpen) {
            let last = self.write.wrapping_sub(1);
            if self.byte(last) != 0 || !self.rules.breaks(Mutant::QueuedZeroRead) {
                self.line_ends[last % SIZE] = true;
            }
            self.lines = self.write;
            if self.rules.breaks(Mutant::QueuedNewlinesEndLines) {
                for position in (0..self.len() as usize % SIZE).map(|offset| self.read + offset) {
                    self.line_ends[position % SIZE] |= self.byte(position) == b'\n';
                }
            }
        }
        self.publish();
    }

    /// Whether a reader of lines finds anything.
    pub(crate) fn has_line(&self) -> bool {
        self.lines != self.read
    }

    /// How many bytes of complete lines there are, without the marks of ends of file.
    ///
    /// In a queue that is exactly full the kernel overlooks the mark: it compares slots.
    pub(crate) fn bytes_in_lines(&self) -> usize {
        let length = self.lines.wrapping_sub(self.read);
        let marks = (0..length % SIZE)
            .map(|offset| self.read.wrapping_add(offset))
            .filter(|&position| self.is_end_of_file(position))
            .filter(|_| !self.rules.breaks(Mutant::EndOfFileCounted))
            .count();
        length - marks
    }

    /// How many bytes a reader of raw bytes finds.
    pub(crate) fn visible_bytes(&self) -> usize {
        self.visible.wrapping_sub(self.read)
    }

    /// Whether the current line is empty.
    pub(crate) fn line_is_empty(&self) -> bool {
        self.write == self.lines
    }

    /// The position of the current line's first byte, when there is one.
    pub(crate) fn line_start(&self) -> usize {
        self.lines
    }

    /// Drops the current line.
    pub(crate) fn drop_line(&mut self) {
        self.write = self.lines;
    }

    /// The positions of the current line.
    pub(crate) fn line(&self) -> impl Iterator<Item = usize> + use<> {
        let start = self.lines;
        (0..self.line_length()).map(move |offset| start.wrapping_add(offset))
    }

    /// The positions of the current line, last first.
    pub(crate) fn line_backwards(&self) -> impl Iterator<Item = usize> + use<> {
        let end = self.write;
        (1..=self.line_length()).map(move |offset| end.wrapping_sub(offset))
    }

    /// The kernel compares slots, and so takes a line of 4097 bytes, which `PARMRK` makes possible, for one of one byte.
    fn line_length(&self) -> usize {
        self.write.wrapping_sub(self.lines) % SIZE
    }

    /// The byte at a position.
    pub(crate) fn byte(&self, position: usize) -> u8 {
        self.bytes.get(position)
    }

    /// Drops what is at `position` and after it.
    pub(crate) fn truncate(&mut self, position: usize) {
        self.write = position;
    }

    /// Moves bytes of the first line to `to`, until it holds `most`, and wipes them or not. An end of file is taken and
    /// not given, also if it comes next when `to` is full.
    pub(crate) fn take_from_line(&mut self, to: &mut Vec<u8>, most: usize, wipe: bool) -> LineEnd {
        while self.has_line() && to.len() < most {
            let ends = self.take_line_end(self.read);
            let byte = self.byte(self.read);
            self.read = self.read.wrapping_add(1);
            if wipe {
                self.wipe(1);
            }
            if !(ends && byte == 0) {
                to.push(byte);
            }
            if ends {
                return LineEnd::Reached;
            }
        }
        if self.has_line()
            && self.is_end_of_file(self.read)
            && self.rules.edition.swallows_end_of_file()
            && !self.rules.breaks(Mutant::EndOfFileNotSwallowed)
        {
            self.take_line_end(self.read);
            self.read = self.read.wrapping_add(1);
        }
        if self.rules.breaks(Mutant::RestOfLineDropped) {
            self.read = self.lines;
        }
        LineEnd::NotReached
    }

    /// Overwrites so many bytes before the reader.
    pub(crate) fn wipe(&mut self, taken: usize) {
        for offset in 1..=taken {
            self.bytes.set(self.read.wrapping_sub(offset), 0);
        }
    }

    /// Whether a byte ends a line; it does so no longer.
    fn take_line_end(&mut self, position: usize) -> bool {
        std::mem::take(&mut self.line_ends[position % SIZE])
    }

    /// Moves at most `most` bytes to `to`, as many as lie in one stretch of the ring, and wipes them or not. Gives their
    /// number.
    pub(crate) fn take_stretch(&mut self, to: &mut Vec<u8>, most: usize, wipe: bool) -> usize {
        let stretch = self.bytes.stretch(self.read, most.min(self.visible_bytes()));
        to.extend_from_slice(stretch);
        let taken = stretch.len();
        self.read = self.read.wrapping_add(taken);
        if wipe {
            self.wipe(taken);
        }
        taken
    }

    fn is_end_of_file(&self, position: usize) -> bool {
        self.line_ends[position % SIZE] && self.byte(position) == 0
    }
}
