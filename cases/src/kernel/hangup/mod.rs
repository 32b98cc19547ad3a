//! Hang-ups: the leader ends, the master closes, or root says so.

mod leader;
mod master;
mod output;
mod virtual_hangup;

pub use leader::CASES as LEADER;
pub use master::CASES as MASTER;
pub use output::CASES as OUTPUT;
pub use virtual_hangup::CASES as VIRTUAL_HANGUP;
