//! Random scenarios, biased towards what the line discipline treats in a special way.
//!
//! What is generated is a [`draft`](draft::Draft): it speaks of the special characters by their names and of
//! settings by what is toggled, so that a smaller draft is still a sensible one. Written out it is a scenario.

mod draft;
mod modes;
mod steps;
mod typed;

use crate::scenario::Scenario;
use proptest::collection::vec;
use proptest::strategy::Strategy;

/// Random scenarios of about eight steps; one in forty types so much that limits are met.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    let start = (modes::at_first(), modes::characters());
    (start, vec(steps::step(), 1..16)).prop_map(|((flags, characters), steps)| {
        draft::Draft {
            flags,
            characters,
            steps,
        }
        .written_out()
    })
}
