use serde::Serialize;

/// The runtime-spec's states (runtime.md, "State"); `creating` is never seen, the record is written after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Status {
    /// The environment is there, the program has not been executed.
    Created,
    /// The program was executed and has not ended.
    Running,
    /// The program was executed and is held still, an addition of runc's.
    Paused,
    /// The process is gone.
    Stopped,
}
