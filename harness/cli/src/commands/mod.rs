//! What each subcommand does.

mod certify;
mod compare;
mod coverage;
mod doctor;
mod explain;
mod fuzz;
mod kernel;
mod list;
mod pack;
mod perform;
mod replay;
mod report;
mod repro;
mod run;
mod shell;
mod target;
mod task;
mod teeth;
mod vectors;
mod via;

pub use certify::certify;
pub use compare::compare;
pub use doctor::doctor;
pub use explain::explain;
pub use fuzz::fuzz;
pub use kernel::{guest, kernel};
pub use list::list;
pub use pack::pack;
pub use perform::perform;
pub use replay::replay;
pub use report::report;
pub use run::run;
pub use shell::{completions, man, man_pages};
pub use teeth::teeth;
pub use vectors::vectors;
pub use via::carried;
