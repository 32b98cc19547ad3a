//! The notation of vectors: files of TOML, described in `cases/line-discipline/FORMAT.md`.

mod bytes;
mod document;
mod error;
mod json;
mod print;
mod source;
mod step;
mod tags;
mod text;
mod values;

pub use bytes::BadEscape;
pub use document::{parse, read};
pub use error::{Place, Problem, VectorError};
pub use json::json;
pub use print::{step_text, vector_text};
pub use tags::tags;
pub use text::{bytes_text, pattern_text, signal_name};

/// The version of the format, of files and of JSON.
pub const FORMAT: usize = 1;
