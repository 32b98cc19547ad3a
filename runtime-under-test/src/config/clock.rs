use super::fields::or_default;
use serde::Deserialize;

/// A clock that a time namespace may have run ahead or behind (time_namespaces(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// CLOCK_MONOTONIC and its kin.
    Monotonic,
    /// CLOCK_BOOTTIME and its kin.
    Boottime,
}

/// By how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ClockOffset {
    /// Seconds.
    #[serde(default, deserialize_with = "or_default")]
    pub secs: i64,
    /// Nanoseconds on top of that.
    #[serde(default, deserialize_with = "or_default")]
    pub nanosecs: u32,
}
