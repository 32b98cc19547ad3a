//! Scenarios that nobody has thought of: what random scripts come to is what the model says.

use super::calls;
use crate::prelude::*;
use ptyproof_scenario::{Found, Fuzz, tasks::scripts::edition_of};

pub const CASES: &[Case] = &[Case {
    id: "line-discipline/random-scripts-do-what-the-model-does",
    title: "random scripts of typing, writing, reading and changing settings, always the same ones, beside the model",
    requirement: "after each step echo, reads, signals, poll and FIONREAD are what the model says, or what its edition \
                      for older kernels says",
    why: "a regression may be where nobody thought of writing a vector",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["LB-06", "LC-06", "LV-08"],
    needs: &[Need::Terminal],
    caught_by: &[],
    body: judge,
}];

/// The scripts on the bare kernel. Their seed is fixed: whoever has run them has run the same. Of this one, a thousand
/// tell all editions of the model from each other.
pub const SCRIPTS: Fuzz = Fuzz { seed: 68, first: 0, count: 1_000 };

/// In a container each step is a conversation: the first of them will do.
const IN_A_CONTAINER: Fuzz = Fuzz { count: 200, ..SCRIPTS };

fn judge(t: &mut Trial) -> Judgement {
    let scripts = if t.bench().target.profile().is_some() {
        calls::are_taken(t)?;
        calls::packet_mode_is_taken(t)?;
        IN_A_CONTAINER
    } else {
        SCRIPTS
    };
    match edition_of(t.bench(), scripts)? {
        Ok(edition) => {
            let name = edition.name();
            t.reports("the edition of the model that explains them", name, name);
            Ok(())
        }
        Err(found) => Err(differs(found)),
    }
}

fn differs(found: Box<Found>) -> Stop {
    let Found { seed, script, .. } = *found;
    Stop::fail(
        format!("script {script} of seed {seed}"),
        "what the model says".to_owned(),
        format!("{found}\n`ptyproof fuzz --seed {seed} --first {script} --runs 1` makes it small"),
    )
}
