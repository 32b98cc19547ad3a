//! What each subcommand does.

mod coverage;
mod doctor;
mod explain;
mod list;
mod run;

pub use doctor::doctor;
pub use explain::explain;
pub use list::list;
pub use run::run;
