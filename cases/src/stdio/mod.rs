//! Standard streams: what they are with and without a terminal, and that nothing else is open.

mod extra;
mod mapping;
mod terminal;

pub use extra::CASES as EXTRA;
pub use mapping::CASES as MAPPING;
pub use terminal::CASES as TERMINAL;
