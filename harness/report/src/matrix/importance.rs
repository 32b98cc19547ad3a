//! Which difference to look at first.

use crate::Level;
use crate::comparison::{Aspect, Difference, Seen};

/// What differs, from what has to be mended to what is good to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Somewhere it is not as it must.
    Fails,
    /// Somewhere something is left.
    LeavesSomething,
    /// Another of several accepted behaviours, or another value.
    Shows,
    /// Somewhere it is not judged.
    NotJudged,
}

/// The most important first; what is as important as another stays in the order of the cases.
pub(super) fn sorted(mut differences: Vec<Difference>) -> Vec<Difference> {
    differences.sort_by_key(|difference| (weight(difference), rank(difference.level)));
    differences
}

fn weight(difference: &Difference) -> Weight {
    let weights = difference.points.iter().map(|point| match point.aspect {
        Aspect::Verdict if point.seen.iter().flatten().any(fails) => Weight::Fails,
        Aspect::Verdict => Weight::NotJudged,
        Aspect::LeftBehind => Weight::LeavesSomething,
        Aspect::Shows(_) | Aspect::Records(_) => Weight::Shows,
    });
    weights.min().unwrap_or(Weight::NotJudged)
}

fn fails(seen: &Seen) -> bool {
    matches!(seen, Seen::Ended(ended) if ended.verdict.is_failure())
}

/// How much depends on a level.
fn rank(level: Level) -> usize {
    match level {
        Level::Security => 0,
        Level::Must => 1,
        Level::Kernel => 2,
        Level::Convention => 3,
        Level::Should => 4,
        Level::Info => 5,
    }
}
