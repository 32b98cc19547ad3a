//! Processes that are added to a running container: their terminals, and what stays as it was.

mod side_by_side;
mod terminal;

pub use side_by_side::CASES as SIDE_BY_SIDE;
pub use terminal::CASES as TERMINAL;
