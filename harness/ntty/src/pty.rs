//! The pty: its two ends, and everything that is between them.
//!
//! What is typed at the master goes through the line discipline to the program that reads the slave; what the program
//! writes goes through output processing to the master, and so does the echo of what is typed. The master's own line
//! discipline has everything switched off, for ever: it is a queue of bytes.
//!
//! In the model each call is one system call, *and* the time until the terminal is quiet after it: all that the kernel
//! does in the background is done when the call returns. What the master has been sent is kept without limit until
//! [`Tty::master_reads`]: this is the pty of a master that reads in time. The kernel keeps about 12 KiB, and has room for
//! about 6 KiB of output at once until its worker has moved it on: a single call that sends more is a race there.

use crate::echo_queue::EchoQueue;
use crate::edition::Edition;
use crate::flip_buffers::FlipBuffers;
use crate::flow::Valve;
use crate::input::InputQueue;
use crate::mutant::{Mutant, Rules};
use crate::output::Output;
use crate::packet::Packet;
use crate::signals::{Signal, Signals, Size};
use crate::special::SpecialSet;
use crate::termios::Termios;
use crate::waiting::{HandOver, PIECE};
use crate::wire::Piece;

/// One pty: the slave's line discipline, and what waits for either end.
#[derive(Clone, Debug, PartialEq)]
pub struct Tty {
    pub(crate) rules: Rules,
    pub(crate) termios: Termios,
    /// What follows from the settings: see [`special`](crate::special).
    pub(crate) special: SpecialSet,
    pub(crate) waiting: FlipBuffers,
    /// How many of the next bytes were looked at while they waited.
    pub(crate) looked_at: usize,
    pub(crate) input: InputQueue,
    /// The next byte is literal.
    pub(crate) literal_next: bool,
    /// `ECHOPRT` has printed a `\` and not yet the `/`.
    pub(crate) erasing: bool,
    pub(crate) echo: EchoQueue,
    pub(crate) output: Output,
    /// The slave's output.
    pub(crate) flow: Valve,
    /// The master's.
    pub(crate) master_flow: Valve,
    pub(crate) packet: Packet,
    pub(crate) signals: Signals,
    pub(crate) size: Size,
}

/// The end through which something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The program's end.
    Slave,
    /// The end of the terminal emulator.
    Master,
}

impl Default for Tty {
    fn default() -> Tty {
        Tty::new()
    }
}

impl Tty {
    /// A new pty, with the kernel's default settings and a window of size 0.
    pub fn new() -> Tty {
        Tty::with_rules(Rules::default())
    }

    /// A new pty of an older kernel.
    pub fn of(edition: Edition) -> Tty {
        Tty::with_rules(Rules::of(edition))
    }

    /// A new pty that breaks one rule.
    #[cfg(feature = "mutants")]
    pub fn with_mutant(mutant: Mutant) -> Tty {
        Tty::with_rules(Rules::without(mutant))
    }

    fn with_rules(rules: Rules) -> Tty {
        let termios = Termios::default();
        Tty {
            rules,
            special: SpecialSet::of(&termios, rules),
            termios,
            waiting: FlipBuffers::new(),
            looked_at: 0,
            input: InputQueue::new(rules),
            literal_next: false,
            erasing: false,
            echo: EchoQueue::new(rules),
            output: Output::new(rules),
            flow: Valve::default(),
            master_flow: Valve::default(),
            packet: Packet::new(rules),
            signals: Signals::default(),
            size: Size::default(),
        }
    }

    /// Whether this is the mutant that breaks a certain rule.
    pub(crate) fn breaks(&self, mutant: Mutant) -> bool {
        self.rules.breaks(mutant)
    }

    /// The settings, as `tcgetattr` on either side gives them.
    pub fn termios(&self) -> &Termios {
        &self.termios
    }

    /// One write at the master: what was typed. Gives how much was taken; 0 is `EAGAIN`.
    ///
    /// Up to 2048 bytes are one batch. A longer write is taken in pieces of that size, and in the model they are handed
    /// over when the last has been taken. The kernel's worker may be faster: see [`Tty::receive_for_certain`].
    pub fn receive(&mut self, bytes: &[u8]) -> usize {
        self.receive_and_hand_over(bytes, HandOver::LastPiece)
    }

    /// The same, as an error where it is a matter of time what comes of it: something else if the kernel's worker hands
    /// over each piece while the next is being written, and so makes room for more or ends a batch.
    pub fn receive_for_certain(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        let meanwhile = (bytes.len() > PIECE).then(|| {
            let mut tty = self.clone();
            (tty.receive_and_hand_over(bytes, HandOver::EachPiece), tty)
        });
        let taken = self.receive(bytes);
        let race = meanwhile.is_some_and(|(other, tty)| other != taken || tty != *self);
        if race { Err(taken) } else { Ok(taken) }
    }

    fn receive_and_hand_over(&mut self, bytes: &[u8], after: HandOver) -> usize {
        if bytes.is_empty() || self.master_stopped() {
            return 0;
        }
        let taken = self.take_typed(bytes, after);
        self.output.wire.settle();
        taken
    }

    /// A write by the program, without waiting. Gives how much was taken; 0 is `EAGAIN`: output is stopped.
    ///
    /// Echo that waits goes out before it, also when nothing is written.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let late =
            bytes.is_empty() && self.breaks(Mutant::EmptyWriteKeepsEcho) || self.breaks(Mutant::WriteOvertakesEcho);
        if !late {
            self.release_echo();
        }
        let taken = self.send(bytes);
        self.output.wire.settle();
        taken
    }

    /// Whether `poll` says that the slave is writable.
    pub fn writable(&self) -> bool {
        !self.flow.stopped()
    }

    /// `TIOCPKT`: switches the master's packet mode.
    pub fn set_packet_mode(&mut self, on: bool) {
        if on && self.breaks(Mutant::PacketModeDropsOutput) {
            self.output.wire.clear();
        }
        self.packet.set(on);
    }

    /// Everything that the master can read now, which is then read: first a status of packet mode, if there is one.
    ///
    /// The 0 that packet mode puts before data is not part of it.
    pub fn master_reads(&mut self) -> Vec<Piece> {
        self.packet.take().map(Piece::Status).into_iter().chain(self.output.wire.take()).collect()
    }

    /// The signals that the foreground process group was sent since this was last asked: each once, in the order of
    /// [`Signal`], since signals that are pending merge.
    pub fn take_signals(&mut self) -> Vec<Signal> {
        self.signals.take()
    }
}
