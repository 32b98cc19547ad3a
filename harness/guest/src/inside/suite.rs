//! Running the suite in a guest.

use super::{Obstacle, Teller, refused};
use crate::order::Suite;
use ptyproof_harness::case::{Case, CaseId};
use ptyproof_harness::runner::{Selection, Settings, Supervisor, run_all};
use ptyproof_harness::target::{Kernel, Profile, Runtime, Target};
use ptyproof_report::Reporter;
use std::sync::Arc;

/// What a program brings along into a guest.
pub struct Provisions<'p> {
    /// The cases that it knows.
    pub cases: Vec<&'static Case>,
    /// The binary of the reference runtime.
    pub runtime: &'p [u8],
    /// Name of the runtime's profile.
    pub profile: &'static str,
}

impl Provisions<'_> {
    fn cases(&self, ids: &[CaseId]) -> Result<Vec<&Case>, Obstacle> {
        let find = |id: &CaseId| {
            let mut known = self.cases.iter();
            let case = known.find(|case| case.id == id.as_str()).copied();
            case.ok_or_else(|| Obstacle::Refused(format!("no case is called {id}")))
        };
        ids.iter().map(find).collect()
    }
}

/// Runs the cases of an order: a worker for each processor.
pub fn run(suite: &Suite, provisions: &Provisions<'_>, teller: &mut Teller) -> Result<(), Obstacle> {
    let (kernel, containers) = (provisions.cases(&suite.kernel)?, provisions.cases(&suite.containers)?);
    let supervisor = Supervisor::begin().map_err(refused("the workers"))?.disturbing(true);
    let mut target = suite.target.clone();
    let kernel_target = Kernel::target();
    let mut selections = vec![Selection { target: &kernel_target, cases: &kernel }];
    let runtime;
    if !containers.is_empty() {
        let found = identify(&supervisor, suite, provisions)?;
        target.with = found.version.lines().next().map(str::to_owned);
        runtime = Arc::new(found) as Arc<dyn Target>;
        selections.push(Selection { target: &runtime, cases: &containers });
    }
    let settings = Settings {
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        strict: suite.strict,
        ..Settings::plain(suite.timeout)
    };
    let mut reporters: Vec<Box<dyn Reporter + '_>> = vec![Box::new(teller)];
    let outcome = run_all(&supervisor, &target, &selections, &settings, &mut reporters);
    match outcome.reporter_errors.into_iter().next() {
        None => Ok(()),
        Some(error) => Err(Obstacle::Mute(format!("telling the outside: {error}"))),
    }
}

fn identify(supervisor: &Supervisor, suite: &Suite, provisions: &Provisions<'_>) -> Result<Runtime, Obstacle> {
    let path = supervisor
        .run_directory()
        .executable(provisions.profile, provisions.runtime)
        .map_err(refused("the reference runtime"))?;
    let profile = Profile::load(provisions.profile).map_err(refused("the reference runtime"))?;
    supervisor.identify(&path, Some(profile), suite.timeout).map_err(refused("the reference runtime"))
}
