//! Performing a vector and comparing what is seen with what must come of it.

use crate::contrast::{Contrast, contrast};
use crate::stage::{Stage, StageError};
use crate::vector::{Behaviour, Outcome, Vector};
use crate::{change::Change, expectation::Expectation, scenario::Action};
use ntty::Termios;
use std::fmt;

/// Something other than what must came of a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// With which outcome it was compared, where there are several.
    pub behaviour: Option<Behaviour>,
    /// Where in the scenario.
    pub place: Place,
    /// What must be and what is.
    pub contrast: Contrast,
}

/// Where in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After a step, counted from 1.
    Step(usize),
    /// After all of them.
    End,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(number) => write!(f, "step {number}"),
            Self::End => f.write_str("at the end"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(behaviour) = self.behaviour {
            write!(f, "outcome {behaviour}, ")?;
        }
        let (place, Contrast { aspect, .. }) = (self.place, &self.contrast);
        let Contrast { expected, observed, .. } = &self.contrast;
        write!(f, "{place}, {aspect}: expected {expected}, observed {observed}")
    }
}

/// Why a vector does not hold.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Something else came of it; one difference per outcome.
    #[error("{}", lines(.0))]
    Differs(Vec<Difference>),
    /// It could not be performed.
    #[error("{0}")]
    Stage(#[from] StageError),
}

fn lines(differences: &[Difference]) -> String {
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// Performs a vector; which of its outcomes came of it, where it has several.
pub fn judge(vector: &Vector, stage: &mut dyn Stage) -> Result<Option<Behaviour>, JudgeError> {
    let mut differences = Vec::new();
    for outcome in &vector.outcomes {
        match perform(&vector.termios, outcome, stage)? {
            Some(difference) => differences.push(difference),
            None => return Ok(outcome.behaviour),
        }
    }
    Err(JudgeError::Differs(differences))
}

fn perform(start: &Change, outcome: &Outcome, stage: &mut dyn Stage) -> Result<Option<Difference>, StageError> {
    stage.begin(start)?;
    let mut termios = start.of(&Termios::default());
    let different = |place, contrast| Difference { behaviour: outcome.behaviour, place, contrast };
    for (index, step) in outcome.steps.iter().enumerate() {
        let (action, expected) = (step.action.as_ref(), &step.expectation);
        let seen = stage.perform(action, &expected.look())?;
        if let Some(Action::Set { change, .. }) = action {
            termios = change.of(&termios);
        }
        if let Some(contrast) = contrast(&expected.seen(action, &termios), &seen) {
            return Ok(Some(different(Place::Step(index + 1), contrast)));
        }
    }
    let last = Expectation { reads: outcome.left.iter().cloned().collect(), nothing: true, ..Expectation::default() };
    let seen = stage.perform(None, &last.look())?;
    let contrast = contrast(&last.seen(None, &termios), &seen);
    Ok(contrast.map(|contrast| different(Place::End, contrast)))
}
