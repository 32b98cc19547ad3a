//! Running many scripts.

use super::compare::{Mismatch, compare};
use super::{found::Found, script::tree};
use crate::stage::{Stage, StageError};
use crate::{generate::scenarios, scenario::Scenario};
use proptest::strategy::ValueTree;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};

/// A part of the scripts of a seed. Which they are depends on nothing else, so that parts can be run by several
/// processes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fuzz {
    /// The seed.
    pub seed: u64,
    /// The number of the first script.
    pub first: u64,
    /// How many scripts.
    pub count: u64,
}

/// What came of running scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FuzzReport {
    /// How many scripts were run: all, or those before it was stopped.
    pub scripts: u64,
    /// How many steps they had.
    pub steps: u64,
    /// Confirmed mismatches.
    pub found: Vec<Found>,
    /// Mismatches that did not come again.
    pub unconfirmed: Vec<Unconfirmed>,
}

/// A mismatch that did not come again when the script was repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// The script's number.
    pub script: u64,
    /// What was seen once.
    pub mismatch: Mismatch,
}

/// A mismatch counts if it comes again in so many repetitions.
const REPETITIONS: usize = 3;

/// More mismatches than this are not looked for: each is made small, which takes time.
const MOST_FOUND: usize = 20;

impl Fuzz {
    /// Performs the scripts on `stage` and on a model side by side. `progress` is told how many scripts are done; once
    /// `stop` is set, no further script begins.
    pub fn run(
        self,
        model: &mut dyn Stage,
        stage: &mut dyn Stage,
        mut progress: impl FnMut(u64),
        stop: &AtomicBool,
    ) -> Result<FuzzReport, StageError> {
        let mut report = FuzzReport::default();
        let strategy = scenarios();
        for script in self.first..self.first.saturating_add(self.count) {
            if stop.load(Ordering::Relaxed) || report.found.len() >= MOST_FOUND {
                break;
            }
            let mut tree = tree(&strategy, self.seed, script);
            let scenario = tree.current();
            report.steps += scenario.steps.len() as u64;
            if let Some(mismatch) = compare(&scenario, model, stage)? {
                let mut found = None;
                if confirmed(&scenario, model, stage)?.is_some() {
                    found = Found::new(self.seed, script, &shrink(&mut tree, model, stage)?, model, stage)?;
                }
                match found {
                    Some(found) => report.found.push(found),
                    None => report.unconfirmed.push(Unconfirmed { script, mismatch }),
                }
            }
            report.scripts += 1;
            progress(report.scripts);
        }
        Ok(report)
    }

    /// The first confirmed mismatch, as it is: making it small can take a hundred times as long as finding it.
    pub fn first_mismatch(self, model: &mut dyn Stage, stage: &mut dyn Stage) -> Result<Option<Found>, StageError> {
        let strategy = scenarios();
        for script in self.first..self.first.saturating_add(self.count) {
            let scenario = tree(&strategy, self.seed, script).current();
            if compare(&scenario, model, stage)?.is_none() || confirmed(&scenario, model, stage)?.is_none() {
                continue;
            }
            let found = Found::new(self.seed, script, &scenario, model, stage)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// A mismatch that comes in every repetition.
fn confirmed(
    scenario: &Scenario,
    model: &mut dyn Stage,
    stage: &mut dyn Stage,
) -> Result<Option<Mismatch>, StageError> {
    let mut last = None;
    for _ in 0..REPETITIONS {
        last = compare(scenario, model, stage)?;
        if last.is_none() {
            break;
        }
    }
    Ok(last)
}

/// The smallest scenario that still has a mismatch.
pub(super) fn shrink(
    tree: &mut impl ValueTree<Value = Scenario>,
    model: &mut dyn Stage,
    stage: &mut dyn Stage,
) -> Result<Scenario, StageError> {
    let mut smallest = tree.current();
    let mut smaller = tree.simplify();
    while smaller {
        let scenario = tree.current();
        smaller = match confirmed(&scenario, model, stage)? {
            Some(mismatch) => {
                smallest = scenario;
                // What comes after the mismatch does not matter.
                smallest.steps.truncate(mismatch.step);
                tree.simplify()
            }
            None => tree.complicate(),
        };
    }
    Ok(smallest)
}
