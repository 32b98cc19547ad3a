//! One scenario on two stages.

use crate::contrast::{Contrast, contrast};
use crate::scenario::Scenario;
use crate::stage::{Stage, StageError};
use std::fmt;

/// The first thing in which a stage differs from the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// In which step, counted from 1.
    pub step: usize,
    /// In what, what the model says and what was observed, in the notation of vectors.
    pub contrast: Contrast,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Contrast { aspect, expected, observed } = &self.contrast;
        let step = self.step;
        write!(f, "step {step}, {aspect}: the model says {expected}, observed {observed}")
    }
}

/// Performs a scenario on both, step by step, up to the first mismatch, or as far as it is determined.
pub fn compare(
    scenario: &Scenario,
    model: &mut dyn Stage,
    stage: &mut dyn Stage,
) -> Result<Option<Mismatch>, StageError> {
    model.begin(&scenario.termios)?;
    stage.begin(&scenario.termios)?;
    for (index, step) in scenario.steps.iter().enumerate() {
        let said = model.perform(step.action.as_ref(), &step.look)?;
        if said.race {
            break;
        }
        let seen = stage.perform(step.action.as_ref(), &step.look)?;
        if let Some(contrast) = contrast(&said, &seen) {
            let step = index + 1;
            return Ok(Some(Mismatch { step, contrast }));
        }
    }
    Ok(None)
}
