//! Driving a terminal: the master side, what was said over it, and expectations of what comes.

mod dialogue;
mod exchange;
mod ioctl;
mod master;
mod pair;
mod transcript;

pub use dialogue::{Terminal, TerminalError};
pub use ioctl::{acquire_controlling_terminal, pts_number, set_packet_mode, set_termios, unread};
pub use master::{Master, MasterFacts, NotAMaster};
pub use pair::{Pair, Slave};
pub use ptyproof_probe::tty::{set_size, size, termios};
pub use transcript::Transcript;
