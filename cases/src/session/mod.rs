//! Session, process group and controlling terminal of a container's processes, and job control on it.

mod acquisition;
mod exec;
mod jobs;
mod keys;
mod leader;
mod without_terminal;

pub use acquisition::CASES as ACQUISITION;
pub use exec::CASES as EXEC;
pub use jobs::CASES as JOBS;
pub use keys::CASES as KEYS;
pub use leader::CASES as LEADER;
pub use without_terminal::CASES as WITHOUT_TERMINAL;
