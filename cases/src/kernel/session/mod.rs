//! Controlling terminals: how a session gets one, loses it, and asks for it.

mod acquiring;
mod asking;
mod dev_tty;
mod losing;
mod opening;
mod stealing;

pub use acquiring::CASES as ACQUIRING;
pub use asking::CASES as ASKING;
pub use dev_tty::CASES as DEV_TTY;
pub use losing::CASES as LOSING;
pub use opening::CASES as OPENING;
pub use stealing::CASES as STEALING;
