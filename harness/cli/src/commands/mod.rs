//! What each subcommand does.

mod doctor;
mod explain;
mod list;
mod run;

pub use doctor::doctor;
pub use explain::explain;
pub use list::list;
pub use run::run;
