use serde::Serialize;
use std::fmt;

/// The runtime-spec's states (runtime.md, "State"); `creating` is never seen, the record is written after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The environment is there, the program has not been executed.
    Created,
    /// The program was executed and has not ended.
    Running,
    /// The process is gone.
    Stopped,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Stopped => "stopped",
        })
    }
}
