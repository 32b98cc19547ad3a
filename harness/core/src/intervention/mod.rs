//! Holding a runtime still at one of its system calls: a case sees the call, fails it, or changes the world before it goes on.
//!
//! A seccomp filter that the runtime gets before its execve stops it at just the calls of interest, and everything that
//! it starts too; a thread here answers. seccomp_unotify(2). It needs no ptrace, costs nothing at other calls, and works for
//! runtimes in any language. Only what happens before the container's own program runs counts.

mod call;
mod filter;
mod held;
mod listener;
mod supervisor;
#[cfg(test)]
mod tests;

pub use call::{CALLS, Call};
pub use filter::{refuse, refuse_calls};
pub use held::Hit;

use ptyproof_probe::Errno;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use supervisor::{LISTENER, Rule};

/// What keeps an intervention from telling anything.
#[derive(Debug, thiserror::Error)]
pub enum InterventionError {
    /// A call could not be held or looked at, or the world could not be changed meanwhile.
    #[error("intervention: {0}")]
    Broken(String),
    /// Runtimes may do without it.
    #[error("the runtime takes no such step: {0}")]
    NotTaken(Call),
    /// The container's own program, whose calls are left alone, could not be told from others.
    #[error("looking at {}: {error}", program.display())]
    Setup {
        /// Its path.
        program: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// What a case does while a process is held.
type Change = Box<dyn FnOnce(&World) -> io::Result<()> + Send>;

/// What a hit is answered with that does not just go on.
enum Answer {
    Fail(Errno),
    Wait(Change),
}

impl Answer {
    fn in_words(&self) -> String {
        match self {
            Self::Fail(errno) => format!("fails with {errno}"),
            Self::Wait(_) => "is held while the world changes, and goes on".to_owned(),
        }
    }
}

/// The world as a process finds it that is held at a call.
pub struct World {
    /// The call.
    pub hit: Hit,
}

impl World {
    /// An absolute path of that process's, for whoever is outside of its container.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.hit.pid))
    }
}

/// What is done at the calls of one command.
#[derive(Default)]
pub(crate) struct Interventions {
    rules: Vec<Rule>,
    hits: Hits,
}

/// The calls at which a command was, and is, stopped.
#[derive(Clone, Default)]
pub struct Hits(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    hits: Vec<Hit>,
    broken: Option<String>,
}

impl Hits {
    /// The hits of one call so far, in their order. An error where one could not be looked at, or where the world could
    /// not be changed.
    pub fn of(&self, call: Call) -> Result<Vec<Hit>, InterventionError> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &log.broken {
            Some(why) => Err(InterventionError::Broken(why.clone())),
            None => Ok(log.hits.iter().filter(|hit| hit.call == call).cloned().collect()),
        }
    }

    /// The hit that follows so many others of one call. An error, too, where there is none: what was to come of it tells
    /// nothing then.
    pub fn taken(&self, call: Call, after: usize) -> Result<Hit, InterventionError> {
        self.of(call)?.into_iter().nth(after).ok_or(InterventionError::NotTaken(call))
    }

    fn add(&self, hit: Hit) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).hits.push(hit);
    }

    fn breaks(&self, why: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).broken.get_or_insert(why);
    }
}

impl Interventions {
    /// What was stopped.
    pub fn hits(&self) -> Hits {
        self.hits.clone()
    }

    /// Makes `command` stop at its calls, from its execve on, with all that it starts. `program` is the container's own,
    /// whose calls are not held.
    pub fn impose_on(self, command: &mut Command, program: &Path) -> Result<(), InterventionError> {
        if self.rules.is_empty() {
            return Ok(());
        }
        supervisor::supervise(command, program, self.rules, self.hits, &LISTENER)
            .map_err(|error| InterventionError::Setup { program: program.to_owned(), error })
    }
}

/// Where a process waits for the case. Dropped, it is open.
pub struct Gate {
    call: Call,
    arrived: Receiver<()>,
    at_most: Duration,
    _open: Sender<()>,
}

impl Gate {
    /// Waits until a process is there.
    pub fn is_reached(&self) -> Result<(), InterventionError> {
        self.arrived.recv_timeout(self.at_most).map_err(|_| InterventionError::NotTaken(self.call))
    }
}

/// A plan whose runtime is stopped at a call, and then?
pub struct When<P> {
    plan: P,
    call: Call,
    skipped: usize,
}

/// What can be planned to be stopped.
pub(crate) trait Stoppable {
    fn interventions(&mut self) -> &mut Interventions;
}

#[expect(private_bounds, reason = "only the plans of this crate")]
impl<P: Stoppable> When<P> {
    pub(crate) fn new(plan: P, call: Call) -> Self {
        Self { plan, call, skipped: 0 }
    }

    /// So many hits go on first; what follows is done at the next.
    pub fn after(self, skipped: usize) -> Self {
        Self { skipped, ..self }
    }

    /// Its first hit fails.
    pub fn fails_with(self, errno: impl Into<Errno>) -> P {
        self.then(Some(Answer::Fail(errno.into())))
    }

    /// Its first hit is held while `change` runs, and goes on then. Other processes and calls go on meanwhile.
    pub fn waits_while(self, change: impl FnOnce(&World) -> io::Result<()> + Send + 'static) -> P {
        self.then(Some(Answer::Wait(Box::new(change))))
    }

    /// Its first hit is held until the case opens the gate, at most so long.
    pub fn waits_at_a_gate(self, at_most: Duration) -> (P, Gate) {
        let call = self.call;
        let (arrives, arrived) = mpsc::channel();
        let (open, opened) = mpsc::channel::<()>();
        let plan = self.waits_while(move |_| {
            let _ = arrives.send(());
            // Either way it is over.
            let _ = opened.recv_timeout(at_most);
            Ok(())
        });
        (plan, Gate { call, arrived, at_most, _open: open })
    }

    /// It is looked at, and goes on.
    pub fn is_seen(self) -> P {
        self.then(None)
    }

    fn then(mut self, answer: Option<Answer>) -> P {
        self.plan.interventions().rules.push(Rule { call: self.call, skipped: self.skipped, answer });
        self.plan
    }
}
