//! What was said on a terminal, as reports hold it.

use super::escape;
use serde::{Deserialize, Serialize};

/// Which way bytes went, or what happened between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The harness typed.
    Typed,
    /// The harness received.
    Received,
    /// Not bytes: a remark, for example a change of size or a hang-up.
    Remark,
}

/// One piece of a transcript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Milliseconds since the terminal was opened.
    pub at_ms: f64,
    /// Which way.
    pub direction: Direction,
    /// What, escaped in JSON; a remark is ASCII text.
    #[serde(with = "escape::text")]
    pub bytes: Vec<u8>,
}
