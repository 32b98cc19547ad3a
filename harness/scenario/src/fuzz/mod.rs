//! Random scenarios, performed on the model and on a kernel side by side.

mod compare;
mod found;
mod run;
mod script;

pub use compare::{Mismatch, compare};
pub use found::Found;
pub use run::{Fuzz, FuzzReport, Unconfirmed};
pub use script::script;
