//! Signals: those of the keyboard, and the window's.
//!
//! With `ISIG`, in raw mode too (LS-01), `VINTR`, `VQUIT` and `VSUSP` send a signal to the foreground process group, or
//! to nobody if there is none (JC-12). The character is never read. Unless `NOFLSH` is set, it also:
//!
//! - drops all unread input, complete lines too (LS-02);
//! - drops the echo that waits, so also that of earlier characters of the same batch (LS-03);
//! - drops what was sent and not yet handed to the master (LS-07, see [`wire`](crate::wire));
//! - tells a master in packet mode that both were flushed (PK-08).
//!
//! The column stays as it was, also where echo was dropped. Then `IXON` restarts output that `^S` stopped, whether
//! `IXANY` is set or not (LS-06), and with `ECHO` the character is echoed. That comes last, so it survives the flush.
//!
//! The window's size belongs to the pty as a whole: a change of any of its four numbers, from either end, sends
//! `SIGWINCH`; setting the same size again does not (WS-03).

use crate::flags::iflag::{IXANY, IXON};
use crate::flags::lflag::{ECHO, ISIG, NOFLSH};
use crate::{mutant::Mutant, packet::Status, pty::Tty};

/// A signal to the foreground process group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// `SIGINT`, by `VINTR`.
    Interrupt,
    /// `SIGQUIT`, by `VQUIT`.
    Quit,
    /// `SIGTSTP`, by `VSUSP`.
    Stop,
    /// `SIGWINCH`, by a change of the window's size.
    WindowChange,
}

impl Signal {
    const ALL: [Signal; 4] = [Signal::Interrupt, Signal::Quit, Signal::Stop, Signal::WindowChange];
}

/// The signals that are pending. One that is pending already is not sent twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Signals([bool; 4]);

impl Signals {
    pub(crate) fn send(&mut self, signal: Signal) {
        self.0[signal as usize] = true;
    }

    /// Takes those that are pending, in the order of [`Signal`].
    pub(crate) fn take(&mut self) -> Vec<Signal> {
        let pending = std::mem::take(&mut self.0);
        Signal::ALL.into_iter().filter(|&signal| pending[signal as usize]).collect()
    }
}

/// The size of a terminal's window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Lines of characters.
    pub rows: u16,
    /// Characters in a line.
    pub columns: u16,
    /// Width in pixels; most programs leave it 0.
    pub width_pixels: u16,
    /// Height in pixels; most programs leave it 0.
    pub height_pixels: u16,
}

impl Tty {
    /// A signal character was typed.
    pub(crate) fn receive_signal(&mut self, signal: Signal, c: u8) {
        self.signals.send(signal);
        if !self.termios.local(NOFLSH) || self.breaks(Mutant::NoflshIgnored) {
            self.flush_for_signal();
        }
        let restarts =
            self.termios.input(IXON) && (self.termios.input(IXANY) || !self.breaks(Mutant::SignalRestartNeedsIxany));
        if restarts && !self.breaks(Mutant::SignalLeavesOutputStopped) {
            self.start_output();
        }
        if self.termios.local(ECHO) && !self.breaks(Mutant::SignalNotEchoed) {
            self.echo(c);
            self.echo_completed();
        } else if !self.breaks(Mutant::UnechoedSignalKeepsEcho) {
            self.release_echo();
        }
        if self.breaks(Mutant::SignalCharacterRead) {
            self.store(c);
        }
    }

    fn flush_for_signal(&mut self) {
        if !self.breaks(Mutant::SignalKeepsEcho) {
            self.echo.clear();
        }
        if !self.breaks(Mutant::SignalKeepsSentEcho) {
            self.output.wire.endanger();
        }
        if self.breaks(Mutant::SignalResetsColumn) {
            self.output.return_to_column_0();
        }
        if !self.breaks(Mutant::SignalFlushUntold) {
            self.packet.tell(Status::FLUSHED_OUTPUT);
            self.packet.tell(Status::FLUSHED_INPUT);
        }
        if self.breaks(Mutant::SignalKeepsLines) {
            self.input.drop_line();
        } else if !self.breaks(Mutant::SignalKeepsInput) {
            self.drop_input();
        }
    }

    /// Drops all unread input.
    pub(crate) fn drop_input(&mut self) {
        self.input.clear();
        self.erasing = false;
        self.looked_at = 0;
    }

    /// `TIOCSWINSZ` through either side.
    pub fn set_size(&mut self, size: Size) {
        let seen = |number: u16, overlooked| if self.breaks(overlooked) { 0 } else { number };
        let seen = |size: Size| Size {
            rows: seen(size.rows, Mutant::RowsOverlooked),
            columns: seen(size.columns, Mutant::ColumnsOverlooked),
            width_pixels: seen(size.width_pixels, Mutant::PixelsOverlooked),
            height_pixels: seen(size.height_pixels, Mutant::PixelsOverlooked),
        };
        let changes = seen(size) != seen(self.size) || self.breaks(Mutant::SameSizeSignalled);
        if changes && (self.termios.local(ISIG) || !self.breaks(Mutant::SizeNeedsIsig)) {
            self.signals.send(Signal::WindowChange);
        }
        self.size = size;
    }

    /// The window's size, as `TIOCGWINSZ` on either side gives it.
    pub fn size(&self) -> Size {
        self.size
    }
}
