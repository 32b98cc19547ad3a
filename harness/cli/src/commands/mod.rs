//! What each subcommand does.

mod coverage;
mod doctor;
mod explain;
mod fuzz;
mod kernel;
mod list;
mod run;
mod subject;

pub use doctor::doctor;
pub use explain::explain;
pub use fuzz::fuzz;
pub use kernel::{guest, kernel};
pub use list::list;
pub use run::run;
