//! What the kernel makes of bytes on a container's terminal, as long as the runtime leaves its settings alone.

mod bytes;
mod calls;
mod control;
mod scripts;
mod settings;
mod stages;
mod vectors;

pub use bytes::CASES as BYTES;
pub use calls::CASES as CALLS;
pub use control::CASES as CONTROL;
pub use scripts::{CASES as SCRIPTS, SCRIPTS as SAME_SCRIPTS, edition_of};
pub use settings::CASES as SETTINGS;
pub use stages::on_the_target;
pub use vectors::{CASES as VECTORS, source, vectors};
