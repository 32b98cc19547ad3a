//! How long a step took.

use crate::request::Reply;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A step with its times, of `CLOCK_MONOTONIC`, which all processes share. clock_gettime(2)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// Just before the step.
    pub began: Duration,
    /// Just after it.
    pub ended: Duration,
    /// What came of it; a failure, too.
    pub reply: Box<Reply>,
}

impl Timed {
    /// How long the step took, and a little more: what the process spent around it.
    pub fn took(&self) -> Duration {
        self.ended.saturating_sub(self.began)
    }
}
