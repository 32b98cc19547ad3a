//! Flushing: `tcflush`, and what `TCSAFLUSH` drops.
//!
//! A side's *input* is what it has not read, with what still [waits](crate::waiting) for it (LQ-01, LQ-02). A side's
//! *output* is what the other side's line discipline has not received yet; what it has received stays, though nobody has
//! read it (LQ-04, LQ-05). When the terminal is quiet the slave has no such output, and the master's is what waits.
//!
//! Flushing input forgets the erasing of `ECHOPRT`, but not literal next; the column and the echo that waits are output's
//! business and stay. A master in [packet mode](crate::packet) is told of every flush through the slave, also of one
//! that found nothing; `TCSAFLUSH` is a flush of the slave's input, through whichever side it comes.

use crate::pty::{Side, Tty};
use crate::{mutant::Mutant, packet::Status};

/// What `tcflush` drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// `TCIFLUSH`: what was received and not read.
    Input,
    /// `TCOFLUSH`: what was written and not received by the other side.
    Output,
    /// `TCIOFLUSH`.
    Both,
}

impl Tty {
    /// `tcflush` through either side.
    pub fn flush(&mut self, side: Side, queue: Queue) {
        if queue != Queue::Output {
            self.flush_input(side, !self.breaks(Mutant::InputFlushKeepsWaiting));
        }
        if queue != Queue::Input {
            self.flush_output(side);
        }
    }

    /// Drops what a side has not read, also what waits for it, or not.
    pub(crate) fn flush_input(&mut self, side: Side, waiting: bool) {
        match side {
            Side::Slave => {
                if waiting {
                    self.waiting.clear();
                }
                if !self.breaks(Mutant::FlushKeepsReceived) {
                    self.drop_input();
                }
                self.tell_of_flush(side, Status::FLUSHED_INPUT);
            }
            Side::Master => {
                if !self.breaks(Mutant::MasterFlushIgnored) {
                    self.output.wire.clear();
                }
                self.tell_of_flush(side, Status::FLUSHED_OUTPUT);
            }
        }
    }

    fn flush_output(&mut self, side: Side) {
        match side {
            Side::Slave => {
                if self.breaks(Mutant::OutputFlushDropsReceived) {
                    self.output.wire.clear();
                }
                self.tell_of_flush(side, Status::FLUSHED_OUTPUT);
            }
            Side::Master => {
                if !self.breaks(Mutant::OutputFlushKeepsWaiting) {
                    self.waiting.clear();
                }
                self.tell_of_flush(side, Status::FLUSHED_INPUT);
            }
        }
    }

    fn tell_of_flush(&mut self, side: Side, status: Status) {
        let told = match side {
            Side::Slave => !self.breaks(Mutant::FlushUntold),
            Side::Master => self.breaks(Mutant::MasterFlushTold),
        };
        if told {
            self.packet.tell(status);
        }
    }
}
