//! Job control: what a background process group may do with its terminal, and who is signalled.

mod foreground;
mod keys;
mod orphans;
mod reading;
mod settings;
mod writing;

pub use foreground::CASES as FOREGROUND;
pub use keys::CASES as KEYS;
pub use orphans::CASES as ORPHANS;
pub use reading::CASES as READING;
pub use settings::CASES as SETTINGS;
pub use writing::CASES as WRITING;
