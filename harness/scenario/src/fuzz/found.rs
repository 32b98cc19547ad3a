//! A mismatch, as a vector that is ready to be kept.

use super::compare::{Mismatch, compare};
use crate::scenario::{Action, Look, MOST, Scenario, Step};
use crate::stage::{Stage, StageError};
use crate::vector::{Expected, Outcome, Vector};
use crate::{expectation::Expectation, notation::vector_text};
use ntty::Termios;
use std::fmt;

/// A confirmed mismatch between the model and a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The seed of the script.
    pub seed: u64,
    /// The number of the script.
    pub script: u64,
    /// The smallest scenario that shows it, with what the kernel did as what must come of it.
    pub vector: Vector,
    /// Where the model differs.
    pub mismatch: Mismatch,
}

/// What is still there when a vector ends is read, so that it ends with nothing left.
const REST: Step = Step {
    action: None,
    look: Look { hold: false, readable: false, writable: false, unread: false, reads: 64, most: MOST },
};

impl Found {
    /// Performs the scenario once more and notes what the kernel does; nothing where there is no mismatch this time.
    pub(super) fn new(
        seed: u64,
        script: u64,
        scenario: &Scenario,
        model: &mut dyn Stage,
        stage: &mut dyn Stage,
    ) -> Result<Option<Self>, StageError> {
        let Some(mismatch) = compare(scenario, model, stage)? else {
            return Ok(None);
        };
        stage.begin(&scenario.termios)?;
        let mut steps = Vec::new();
        let mut termios = scenario.termios.of(&Termios::default());
        for step in scenario.steps.iter().chain([&REST]) {
            let seen = stage.perform(step.action.as_ref(), &step.look)?;
            if let Some(Action::Set { change, .. }) = &step.action {
                termios = change.of(&termios);
            }
            steps.push(Expected { action: step.action.clone(), expectation: Expectation::of(&seen, step, &termios) });
        }
        let nothing = Expectation { nothing: true, ..Expectation::default() };
        steps.pop_if(|last| last.expectation == nothing);
        let vector = Vector {
            id: format!("found-{seed}-{script}"),
            title: format!("script {script} of seed {seed}, made small"),
            covers: Vec::new(),
            termios: scenario.termios.clone(),
            outcomes: vec![Outcome { behaviour: None, steps, left: None }],
        };
        Ok(Some(Self { seed, script, vector, mismatch }))
    }
}

impl fmt::Display for Found {
    /// The vector in its notation, after a comment with what the model says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "# {}\n{}", self.mismatch, vector_text(&self.vector))
    }
}
