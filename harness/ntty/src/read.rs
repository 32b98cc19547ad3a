//! Reading: what a program gets.
//!
//! **By lines** (`ICANON`): at most one line, and at most what was asked for; the rest of the line stays for the next
//! read (LC-02, LC-03). The end of file that `VEOF` typed ends a line and is not given: alone it is a read of 0 bytes,
//! which programs take for the end (LC-04, LC-05). When the caller's buffer is exactly filled and the end of file comes
//! next, it is swallowed, or the next read would be such a 0 (LC-06; Linux 5.17 and 5.18 forgot to). It is also swallowed
//! when it was the *second* of two: any mark that comes next is.
//!
//! **Raw**: what is there. In a read that waits, `VMIN` and `VTIME` say for how much and how long; this model does not
//! wait, so what is left of them is:
//!
//! - nothing is there, `VMIN` and `VTIME` are 0: a read of 0 bytes (LV-01). Otherwise `EAGAIN` (LV-02, LV-06).
//! - the kernel reads in portions of 64 bytes, and goes on after a portion only if that many are at least `VMIN`: with
//!   `VMIN` over 64 a read gives at most 64 bytes (LV-08).
//! - `poll` says readable when `VMIN` bytes are there, if `VTIME` is 0; otherwise for any (LV-07).
//!
//! **`EXTPROC` with `ICANON`**: raw, except that a lone `VEOF` that is the last there is reads as 0 bytes (LM-12). What
//! is lone is judged by portion, and portions also end where the ring does.
//!
//! A read of no bytes gives no bytes and changes nothing. What is read with `ICANON` and without `ECHO` may be a password,
//! and is overwritten in the queue with zeros as it is taken (LQ-09). One sees that only where the queue holds more than
//! its 4096 bytes, or has lost count (see [`limits`](crate::limits)), so that one read comes to the same place twice.

use crate::flags::cc::{VEOF, VMIN, VTIME};
use crate::flags::lflag::{ECHO, EXTPROC, ICANON};
use crate::{input::LineEnd, mutant::Mutant, pty::Tty};

/// What a read came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// So many bytes. None of them: the end of file, or a raw read with `VMIN` and `VTIME` 0 that found nothing.
    Bytes(Vec<u8>),
    /// `EAGAIN`: a read that waits would wait.
    WouldBlock,
}

/// The kernel reads in portions of this many bytes.
const PORTION: usize = 64;

impl Tty {
    /// A `read` of at most `most` bytes by the program, without waiting.
    pub fn read(&mut self, most: usize) -> Read {
        if most == 0 {
            return Read::Bytes(Vec::new());
        }
        let needed = if self.breaks(Mutant::ReadNeedsMinimum) { self.minimum().max(1) } else { 1 };
        if !self.available(needed) {
            return self.find_nothing();
        }
        let bytes = if self.termios.reads_lines() { self.read_line(most) } else { self.read_raw(most) };
        if self.reads_secrets() && self.breaks(Mutant::ReadWipedLater) {
            self.input.wipe(bytes.len());
        }
        self.hand_over();
        self.output.wire.settle();
        Read::Bytes(bytes)
    }

    fn find_nothing(&self) -> Read {
        let polls = match self.minimum() {
            0 => !self.breaks(Mutant::PollingReadWouldBlock),
            _ => self.breaks(Mutant::RawReadOfNothingEnds),
        };
        let in_time = self.termios.cc[VTIME] == 0 || self.breaks(Mutant::TimedReadEndsAtOnce);
        if !self.termios.local(ICANON) && polls && in_time { Read::Bytes(Vec::new()) } else { Read::WouldBlock }
    }

    /// Whether what is read may be a password.
    fn reads_secrets(&self) -> bool {
        self.termios.local(ICANON) && !self.termios.local(ECHO) && !self.breaks(Mutant::ReadNotWiped)
    }

    /// Whether what is read is wiped as it is taken.
    fn wipes(&self) -> bool {
        self.reads_secrets() && !self.breaks(Mutant::ReadWipedLater)
    }

    fn read_line(&mut self, most: usize) -> Vec<u8> {
        let (mut bytes, wipe) = (Vec::new(), self.wipes());
        while self.input.take_from_line(&mut bytes, most, wipe) == LineEnd::Reached
            && self.breaks(Mutant::SeveralLinesRead)
            && self.input.has_line()
        {}
        bytes
    }

    fn read_raw(&mut self, most: usize) -> Vec<u8> {
        let most = if self.breaks(Mutant::MinimumIsMaximum) { most.min(self.minimum().max(1)) } else { most };
        let mut bytes = Vec::new();
        while bytes.len() < most && self.input.visible_bytes() > 0 {
            let in_portion = if bytes.len() < self.minimum() { bytes.len() % PORTION } else { 0 };
            let portion = (PORTION - in_portion).min(most - bytes.len());
            let taken = self.input.take_stretch(&mut bytes, portion, self.wipes());
            if taken == 1 && self.is_lone_end_of_file(&bytes) {
                bytes.pop();
                break;
            }
            let enough = self.minimum() < PORTION
                || self.minimum() == PORTION && !self.breaks(Mutant::PortionStopsShort)
                || self.breaks(Mutant::LargeMinimumHolds)
                || !self.rules.edition.reads_in_portions();
            if bytes.len() == PORTION && !enough {
                break;
            }
        }
        bytes
    }

    /// With `EXTPROC` and `ICANON`, whether the byte just taken is an end of file.
    fn is_lone_end_of_file(&self, bytes: &[u8]) -> bool {
        self.termios.local(EXTPROC)
            && self.termios.local(ICANON)
            && bytes.last() == Some(&self.termios.cc[VEOF])
            && self.input.visible_bytes() == 0
            && !self.breaks(Mutant::LoneEndOfFileRead)
    }

    /// `VMIN`, which does not hold with `ICANON`.
    fn minimum(&self) -> usize {
        if self.termios.local(ICANON) { 0 } else { self.termios.cc[VMIN].into() }
    }

    /// Whether a reader finds something: a line, or at least `raw` raw bytes.
    fn available(&self, raw: usize) -> bool {
        if self.termios.reads_lines() { self.input.has_line() } else { self.input.visible_bytes() >= raw }
    }

    /// Whether `poll` says that the slave is readable.
    pub fn readable(&self) -> bool {
        let timed = self.termios.cc[VTIME] != 0 && !self.breaks(Mutant::PollHeedsMinimumDespiteTime);
        let minimum = if timed || self.breaks(Mutant::PollIgnoresMinimum) { 1 } else { self.termios.cc[VMIN].max(1) };
        let only_mark = self.unread() == 0 && self.breaks(Mutant::PollOverlooksEndOfFile);
        self.available(minimum.into()) && !only_mark
    }

    /// What `FIONREAD` says of the slave: the bytes in complete lines, or all bytes if lines are not read.
    ///
    /// In one corner of the [limits](crate::limits) that is -1.
    pub fn unread(&self) -> i32 {
        let lines = self.termios.reads_lines() || self.breaks(Mutant::RawBytesUncounted);
        let bytes = if lines && !self.breaks(Mutant::OpenLineCounted) {
            self.input.bytes_in_lines() as isize
        } else {
            self.input.len()
        };
        bytes as i32
    }
}
