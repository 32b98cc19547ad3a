//! The size of the terminal's window, at the start and when it changes.

mod caller;
mod configured;
mod resize;

pub use caller::CASES as CALLER;
pub use configured::CASES as CONFIGURED;
pub use resize::CASES as RESIZE;
