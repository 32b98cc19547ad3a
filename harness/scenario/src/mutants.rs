//! Hunting for mutants: what tells a model with a broken rule from the model itself.

use crate::fuzz::{Fuzz, script};
use crate::stage::{Model, Stage, StageError};
use crate::{judge::judge, scenario::Scenario, vector::Vector};
use ntty::Mutant;
use std::fmt;

/// What told a mutant from the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Killer {
    /// A vector, by its id, from which something else comes.
    Vector(String),
    /// A script, by its number, on which both differ.
    Script(u64),
}

impl fmt::Display for Killer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vector(id) => write!(f, "vector {id}"),
            Self::Script(number) => write!(f, "script {number}"),
        }
    }
}

/// Whether a mutant says anything else than the model, also where what it says may happen to be right, but for what is
/// a matter of time.
fn differ(scenario: &Scenario, model: &mut Model, mutant: &mut Model) -> Result<bool, StageError> {
    model.begin(&scenario.termios)?;
    mutant.begin(&scenario.termios)?;
    for step in &scenario.steps {
        let action = step.action.as_ref();
        let (right, broken) = (model.perform(action, &step.look)?, mutant.foresee(action, &step.look));
        if right.race || right != broken {
            return Ok(!right.race);
        }
    }
    Ok(false)
}

/// The first vector that tells a mutant from the model, or if none does the first of the scripts; nothing where the
/// mutant survives them all. No kernel is needed.
pub fn kills(mutant: Mutant, vectors: &[Vector], scripts: Fuzz) -> Result<Option<Killer>, StageError> {
    let (mut model, mut mutant) = (Model::new(), Model::mutant(mutant));
    for vector in vectors {
        // Of a vector with several outcomes a mutant may show another one.
        let (right, broken) = (judge(vector, &mut model), judge(vector, &mut mutant));
        if right.ok() != broken.ok() {
            return Ok(Some(Killer::Vector(vector.id.clone())));
        }
    }
    for number in scripts.first..scripts.first.saturating_add(scripts.count) {
        if differ(&script(scripts.seed, number), &mut model, &mut mutant)? {
            return Ok(Some(Killer::Script(number)));
        }
    }
    Ok(None)
}
