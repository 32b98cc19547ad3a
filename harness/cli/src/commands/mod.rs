//! What each subcommand does.

mod compare;
mod coverage;
mod doctor;
mod explain;
mod list;
mod run;

pub use compare::compare;
pub use doctor::doctor;
pub use explain::explain;
pub use list::list;
pub use run::run;
