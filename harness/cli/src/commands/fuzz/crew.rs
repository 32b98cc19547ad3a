//! Workers that run parts of the scripts side by side.

use crate::commands::task::ask;
use ptyproof_cases::random::{self, Came, Wanted};
use ptyproof_harness::runner::Supervisor;
use ptyproof_harness::target::Target;
use std::ops::Range;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

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

/// What is told while the crew works.
pub enum Part {
    /// A worker is done with its part.
    Done(Came),
    /// Nothing but time.
    Waiting,
}

/// A worker gets so many scripts: about a second's work, so that one that dies or hangs takes little along.
const ON_THE_KERNEL: u64 = 2_000;
/// In containers, each step is a conversation.
const IN_A_CONTAINER: u64 = 200;

/// A part that takes longer hangs.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// How often somebody who watches is told the time.
const TICK: Duration = Duration::from_millis(200);

impl Crew<'_> {
    /// Runs the scripts of these numbers and tells what comes of them. Ends early where a worker cannot do its
    /// part, and when the run is interrupted.
    pub fn run(&self, scripts: Range<u64>, mut tell: impl FnMut(Part)) -> Result<(), String> {
        let size = if self.target.profile().is_some() { IN_A_CONTAINER } else { ON_THE_KERNEL };
        let next = Mutex::new(scripts.start);
        let take = || {
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            let first = *next;
            let count = size.min(scripts.end - first);
            *next += count;
            (count > 0 && !self.supervisor.is_interrupted()).then_some((first, count))
        };
        let give_up = || *next.lock().unwrap_or_else(PoisonError::into_inner) = scripts.end;
        let (send, receive) = mpsc::channel();
        let mut outcome = Ok(());
        std::thread::scope(|scope| {
            for _ in 0..self.jobs {
                let (send, take) = (send.clone(), &take);
                scope.spawn(move || {
                    while let Some((first, count)) = take() {
                        // The receiver stays until all senders are gone.
                        let _ = send.send(self.part(first, count));
                    }
                });
            }
            drop(send);
            loop {
                match receive.recv_timeout(TICK) {
                    Ok(Ok(Some(came))) => tell(Part::Done(came)),
                    Ok(Ok(None)) => {}
                    Ok(Err(why)) => {
                        give_up();
                        outcome = Err(why);
                    }
                    Err(RecvTimeoutError::Timeout) => tell(Part::Waiting),
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        outcome
    }

    /// Runs so many scripts in a worker; nothing where the run was interrupted meanwhile.
    fn part(&self, first: u64, count: u64) -> Result<Option<Came>, String> {
        let (seed, edition) = (self.seed, self.edition.to_owned());
        let which = format!("scripts {first} to {} of seed {seed}", first + count - 1);
        let wanted = Wanted { edition, seed, first, count };
        ask(self.supervisor, self.target, &random::TASK, &wanted, DEADLINE).map_err(|why| format!("{which}: {why}"))
    }
}
