//! Workers that run parts of the scripts side by side.

use crate::commands::task::ask;
use ptyproof_harness::runner::{Supervisor, side_by_side};
use ptyproof_harness::target::Target;
use ptyproof_scenario::Fuzz;
use ptyproof_scenario::tasks::scripts::{RUN, ScriptsResult, Wanted};
use std::sync::{Arc, Mutex, PoisonError};
use std::{ops::Range, time::Duration};

/// Who runs the scripts, and where.
pub struct Crew<'c> {
    /// Starts the workers.
    pub supervisor: &'c Supervisor,
    /// The bare kernel, or a runtime in whose containers they run.
    pub target: &'c Arc<dyn Target>,
    /// Workers at a time.
    pub jobs: usize,
    /// The seed.
    pub seed: u64,
    /// The edition of the model that the terminals are compared with.
    pub edition: &'c str,
}

/// A worker gets so many scripts: about a second's work, so that one that dies or hangs takes little along.
const ON_THE_KERNEL: u64 = 2_000;
/// In containers, each step is a conversation.
const IN_A_CONTAINER: u64 = 200;

/// A part that takes longer hangs.
pub const DEADLINE: Duration = Duration::from_secs(120);

impl Crew<'_> {
    /// Runs the scripts of these numbers and tells the result of each part, and nothing while time goes by. Ends early
    /// where a worker cannot do its part, and when the run is interrupted.
    pub fn run(&self, scripts: Range<u64>, mut tell: impl FnMut(Option<ScriptsResult>)) -> Result<(), String> {
        let size = if self.target.profile().is_some() { IN_A_CONTAINER } else { ON_THE_KERNEL };
        let left = Mutex::new(scripts);
        let take = || {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            let (seed, first, count) = (self.seed, left.start, size.min(left.end - left.start));
            left.start += count;
            (count > 0 && !self.supervisor.is_interrupted()).then_some(Fuzz { seed, first, count })
        };
        let mut outcome = Ok(());
        side_by_side(
            self.jobs,
            take,
            |scripts, tell| tell(self.part(scripts)),
            |news| match news {
                Some(Ok(None)) => {}
                Some(Ok(result)) => tell(result),
                Some(Err(why)) => {
                    *left.lock().unwrap_or_else(PoisonError::into_inner) = 0..0;
                    outcome = Err(why);
                }
                None => tell(None),
            },
        );
        outcome
    }

    /// Runs scripts in a worker; nothing comes where the run was interrupted meanwhile.
    fn part(&self, scripts: Fuzz) -> Result<Option<ScriptsResult>, String> {
        let Fuzz { seed, first, count } = scripts;
        let wanted = Wanted { edition: self.edition.to_owned(), scripts };
        ask(self.supervisor, self.target, &RUN, &wanted, DEADLINE)
            .map_err(|why| format!("scripts {first} to {} of seed {seed}: {why}", first + count - 1))
    }
}
