//! Random scenarios, biased towards what the line discipline treats in a special way.
//!
//! What is generated is a [`draft`](draft::Draft): it speaks of the special characters by their names and of
//! settings by what is toggled, so that a smaller draft is still a sensible one. Written out it is a scenario.

mod draft;
mod modes;
mod steps;
mod typed;

use crate::scenario::Scenario;
use proptest::{collection::vec, prelude::*};

/// Random scenarios of about eight steps; in one of thirty so much is typed that limits are met.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    let draft = prop_oneof![
        29 => (modes::at_first(), modes::characters(), Just(false), vec(steps::step(), 1..16)).boxed(),
        1 => (modes::at_first_at_length(), modes::characters(), Just(true), vec(steps::long(), 1..16)).boxed(),
    ];
    draft.prop_map(|(flags, characters, long, steps)| draft::Draft { flags, characters, long, steps }.written_out())
}
