//! An executable model of N_TTY, the line discipline of Linux's terminals: what becomes of every byte that is typed at a
//! pty's master or written by the program on its slave.
//!
//! It is pure: no I/O, no clock, no dependencies. Vectors of the line discipline run against it where no kernel is at
//! hand, random scripts run against it and the kernel to find where either is wrong, and it can be read instead of the
//! kernel: its pages explain one subject each, with the corners that surprise.
//!
//! ```
//! use ntty::{Piece, Read, Signal, Tty, lflag};
//!
//! let mut tty = Tty::new();
//! tty.receive(b"helo\x7flo\n");
//! let echo = b"helo\x08 \x08lo\r\n".to_vec();
//! assert_eq!(tty.master_reads(), [Piece::Certain(echo)]);
//! assert_eq!(tty.read(100), Read::Bytes(b"hello\n".to_vec()));
//!
//! tty.receive(b"no\x03");
//! assert_eq!(tty.take_signals(), [Signal::Interrupt]);
//! assert_eq!(tty.master_reads(), [Piece::Certain(b"^C".to_vec())]);
//! assert_eq!(tty.read(100), Read::WouldBlock);
//!
//! let mut raw = tty.termios().clone();
//! raw.lflag &= !(lflag::ICANON | lflag::ECHO | lflag::ISIG);
//! tty.set_termios(ntty::Action::Now, &raw);
//! tty.receive(b"\x03");
//! assert_eq!(tty.read(100), Read::Bytes(b"\x03".to_vec()));
//! ```
//!
//! # The way of a byte
//!
//! ```text
//!             receive                                      read
//! master ──▶ flip buffers ─▶ limits ─▶ receive ─▶ input queue ──▶ program
//!                                         │ special, eraser, signals
//!                                         ▼
//! master ◀── wire ◀── output ◀────── echo queue
//! (master_reads)         ▲
//!                        └──────────────────────────────── write
//! ```
//!
//! | to learn | read |
//! |---|---|
//! | what a pty is made of, and what the model leaves out | [`pty`] |
//! | which settings there are, and what changing them does | [`termios`], [`iflag`], [`oflag`], [`lflag`], [`cc`], [`settings`] |
//! | what happens to a typed byte | [`receive`], [`special`], [`signals`], [`characters`] |
//! | what is shown of it | [`echo`], [`echo_queue`], [`output`], [`wire`] |
//! | how a line is edited | [`eraser`] |
//! | what a program reads | [`input`], [`read`] |
//! | what happens when too much comes | [`limits`], [`waiting`], [`flip_buffers`] |
//! | how output is stopped, and what is dropped | [`flow`], [`flush`], [`packet`] |
//! | what older kernels do differently | [`edition`] |
//!
//! # How far to trust it
//!
//! It was written from behaviour, not from the kernel's source, and corrected until random scripts found no difference
//! from Linux 6.18, corners included in which the kernel itself is wrong: those are told where they belong. Names like
//! LX-13 are those of the project's catalogue of behaviours. With the feature `mutants`, models can be had that break
//! one rule each, to see whether tests notice.

#![forbid(unsafe_code)]

pub mod characters;
pub mod echo;
pub mod echo_queue;
pub mod edition;
pub mod eraser;
mod flags;
pub mod flip_buffers;
pub mod flow;
pub mod flush;
pub mod input;
pub mod limits;
mod mutant;
pub mod output;
pub mod packet;
pub mod pty;
pub mod read;
pub mod receive;
mod ring;
pub mod settings;
pub mod signals;
pub mod special;
pub mod termios;
#[cfg(test)]
mod tests;
pub mod waiting;
pub mod wire;

pub use edition::Edition;
pub use flags::{cc, cflag, iflag, lflag, oflag};
pub use flow::Flow;
pub use flush::Queue;
#[cfg(feature = "mutants")]
pub use mutant::Mutant;
pub use pty::{Side, Tty};
pub use read::Read;
pub use settings::Action;
pub use signals::{Signal, Size};
pub use termios::Termios;
pub use wire::Piece;
