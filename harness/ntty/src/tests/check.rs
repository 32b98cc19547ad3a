//! How a case is written: a terminal, on which each call does one thing or compares one thing.

use crate::{Action, Edition, Flow, Piece, Queue, Read, Side, Signal, Size, Termios, Tty};

/// A terminal under test.
pub(super) struct Terminal(Tty);

/// A new terminal with default settings; of the mutant that the environment names, if it names one.
pub(super) fn terminal() -> Terminal {
    #[cfg(feature = "mutants")]
    if let Some(mutant) = super::mutants::chosen() {
        return Terminal(Tty::with_mutant(mutant));
    }
    Terminal(Tty::new())
}

/// A new terminal of an older kernel.
pub(super) fn terminal_of(edition: Edition) -> Terminal {
    Terminal(Tty::of(edition))
}

/// `text`, so many times.
pub(super) fn times(count: usize, text: &str) -> String {
    text.repeat(count)
}

/// Bytes for a message: what repeats often is shown once, with its number.
fn shown(bytes: &[u8]) -> String {
    let runs = bytes.chunk_by(|a, b| a == b).map(|run| match run.len() {
        0..=9 => run.escape_ascii().to_string(),
        count => format!("{}{{{count}}}", run[..1].escape_ascii()),
    });
    runs.collect()
}

fn shown_piece(piece: &Piece) -> String {
    match piece {
        Piece::Certain(bytes) => shown(bytes),
        Piece::Prefix(bytes) => format!("prefix of {}", shown(bytes)),
        Piece::Status(status) => format!("status {status}"),
    }
}

impl Terminal {
    /// `tcsetattr` with a difference from the settings of the moment.
    pub(super) fn sets(mut self, action: Action, change: impl FnOnce(&mut Termios)) -> Terminal {
        let mut termios = self.0.termios().clone();
        change(&mut termios);
        self.0.set_termios(action, &termios);
        self
    }

    pub(super) fn with_iflag(self, bits: u32) -> Terminal {
        self.sets(Action::Now, |termios| termios.iflag |= bits)
    }

    pub(super) fn without_iflag(self, bits: u32) -> Terminal {
        self.sets(Action::Now, |termios| termios.iflag &= !bits)
    }

    pub(super) fn with_oflag(self, bits: u32) -> Terminal {
        self.sets(Action::Now, |termios| termios.oflag |= bits)
    }

    pub(super) fn without_oflag(self, bits: u32) -> Terminal {
        self.sets(Action::Now, |termios| termios.oflag &= !bits)
    }

    pub(super) fn with_lflag(self, bits: u32) -> Terminal {
        self.sets(Action::Now, |termios| termios.lflag |= bits)
    }

    pub(super) fn without_lflag(self, bits: u32) -> Terminal {
        self.sets(Action::Now, |termios| termios.lflag &= !bits)
    }

    pub(super) fn with_cc(self, index: usize, c: u8) -> Terminal {
        self.sets(Action::Now, |termios| termios.cc[index] = c)
    }

    pub(super) fn types(mut self, batch: impl AsRef<[u8]>) -> Terminal {
        self.0.receive(batch.as_ref());
        self
    }

    pub(super) fn flushes(mut self, side: Side, queue: Queue) -> Terminal {
        self.0.flush(side, queue);
        self
    }

    pub(super) fn flow(mut self, side: Side, flow: Flow) -> Terminal {
        self.0.flow(side, flow);
        self
    }

    pub(super) fn packet_mode(mut self, on: bool) -> Terminal {
        self.0.set_packet_mode(on);
        self
    }

    pub(super) fn size(mut self, size: Size) -> Terminal {
        self.0.set_size(size);
        self
    }

    /// A write of the program that is taken as a whole.
    #[track_caller]
    pub(super) fn writes(self, bytes: impl AsRef<[u8]>) -> Terminal {
        let length = bytes.as_ref().len();
        self.writes_only(length, bytes)
    }

    /// A write of the program of which so much is taken.
    #[track_caller]
    pub(super) fn writes_only(mut self, taken: usize, bytes: impl AsRef<[u8]>) -> Terminal {
        assert_eq!(self.0.write(bytes.as_ref()), taken);
        self
    }

    /// A write of the master of which so much is taken.
    #[track_caller]
    pub(super) fn types_only(mut self, taken: usize, batch: impl AsRef<[u8]>) -> Terminal {
        assert_eq!(self.0.receive(batch.as_ref()), taken);
        self
    }

    /// A write of the master of which so much is taken, for certain or not.
    #[track_caller]
    pub(super) fn types_for_certain(mut self, taken: Result<usize, usize>, batch: impl AsRef<[u8]>) -> Terminal {
        assert_eq!(self.0.receive_for_certain(batch.as_ref()), taken);
        self
    }

    /// All that the master reads, for certain.
    #[track_caller]
    pub(super) fn echoes(self, expected: impl AsRef<[u8]>) -> Terminal {
        let expected = match expected.as_ref() {
            b"" => vec![],
            bytes => vec![Piece::Certain(bytes.to_vec())],
        };
        self.master_reads(expected)
    }

    #[track_caller]
    pub(super) fn master_reads(mut self, expected: impl AsRef<[Piece]>) -> Terminal {
        let (found, expected) = (self.0.master_reads(), expected.as_ref());
        let shown = |pieces: &[Piece]| pieces.iter().map(shown_piece).collect::<Vec<_>>();
        assert!(found == expected, "found {:?}, expected {:?}", shown(&found), shown(expected));
        self
    }

    /// One read of 4096 bytes.
    #[track_caller]
    pub(super) fn reads(self, expected: impl AsRef<[u8]>) -> Terminal {
        self.reads_at_most(4096, expected)
    }

    #[track_caller]
    pub(super) fn reads_at_most(mut self, most: usize, expected: impl AsRef<[u8]>) -> Terminal {
        let (found, expected) = (self.0.read(most), expected.as_ref());
        let found = match found {
            Read::Bytes(bytes) => bytes,
            Read::WouldBlock => panic!("found nothing, expected {}", shown(expected)),
        };
        assert!(found == expected, "found {}, expected {}", shown(&found), shown(expected));
        self
    }

    #[track_caller]
    pub(super) fn reads_nothing(mut self) -> Terminal {
        assert_eq!(self.0.read(4096), Read::WouldBlock);
        self
    }

    #[track_caller]
    pub(super) fn signals(mut self, expected: impl AsRef<[Signal]>) -> Terminal {
        assert_eq!(self.0.take_signals(), expected.as_ref());
        self
    }

    #[track_caller]
    pub(super) fn readable(self, expected: bool) -> Terminal {
        assert_eq!(self.0.readable(), expected);
        self
    }

    #[track_caller]
    pub(super) fn writable(self, expected: bool) -> Terminal {
        assert_eq!(self.0.writable(), expected);
        self
    }

    #[track_caller]
    pub(super) fn has_unread(self, expected: i32) -> Terminal {
        assert_eq!(self.0.unread(), expected);
        self
    }

    #[track_caller]
    pub(super) fn has(self, holds: impl FnOnce(&Termios) -> bool) -> Terminal {
        assert!(holds(self.0.termios()), "{:?}", self.0.termios());
        self
    }
}
