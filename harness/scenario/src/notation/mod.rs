//! The notation of vectors: files of TOML, described in `cases/line-discipline/FORMAT.md`.

mod bytes;
mod document;
mod error;
mod print;
mod source;
mod step;
mod text;
mod values;

pub use bytes::BadEscape;
pub use document::{parse, read};
pub use error::{Place, Problem, VectorError};
pub use print::{step_text, vector_text};
pub use text::{bytes_text, pattern_text, signal_name};
