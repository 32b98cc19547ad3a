//! An executable model of N_TTY, Linux's line discipline.
#![forbid(unsafe_code)]

mod characters;
mod echo;
mod echo_queue;
mod eraser;
mod flags;
mod flow;
mod flush;
mod input;
mod limits;
mod mutant;
mod output;
mod packet;
mod pty;
mod read;
mod receive;
mod ring;
mod settings;
mod signals;
mod special;
mod termios;
mod waiting;
mod wire;

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
