//! What a case found.

use super::Evidence;
use serde::{Deserialize, Serialize};

/// A difference between what must be and what is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// What must be.
    pub expected: Evidence,
    /// What is.
    pub observed: Evidence,
    /// The call that a terminal lacks, where the case presupposes it.
    pub lacks: Option<String>,
}

/// A value that was seen and not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was looked at.
    pub what: String,
    /// What was seen.
    pub value: Evidence,
}

/// Which of the known behaviours the target shows, where several are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What was looked at.
    pub what: String,
    /// Name of the behaviour: `old`, `broken` or `new`.
    pub behaviour: String,
    /// What was seen.
    pub value: Evidence,
}
