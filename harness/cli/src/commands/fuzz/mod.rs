mod crew;
mod tally;

use super::target::{given, looks_like_a_runtime, profile};
use super::task::{PATIENCE, ask, jobs, supervised};
use crate::arguments::Fuzz;
use crate::exit::{Exit, Refusal};
use crew::{Crew, DEADLINE};
use ptyproof_cases::SCRIPTS;
use ptyproof_harness::target::{Kernel, Target};
use ptyproof_scenario::tasks::scripts::{EDITION, ScriptsResult};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{io::IsTerminal, sync::Arc};
use tally::Tally;

/// Runs random scripts. All that can be wrong with the command line is told before anything is started.
pub fn fuzz(arguments: &Fuzz) -> Result<Exit, Refusal> {
    let profile = profile(arguments.profile.as_deref())?;
    if let Some(path) = &arguments.runtime {
        looks_like_a_runtime(path)?;
    }
    let (first, runs) = (arguments.first, arguments.runs.get());
    let end = first.checked_add(runs).ok_or_else(|| {
        Refusal::usage(format!("--first {first} and --runs {runs}: there are no scripts of such numbers"))
    })?;
    let seed = arguments.seed.unwrap_or_else(any_seed);
    let supervisor = supervised()?;
    let (target, place): (Arc<dyn Target>, _) = match &arguments.runtime {
        None => (Arc::new(Kernel), "the bare kernel".to_owned()),
        Some(path) => {
            let runtime = given(path, profile, PATIENCE, &supervisor)?;
            let place = format!("containers of {}", runtime.binary.path.display());
            (Arc::new(runtime), place)
        }
    };
    let edition: Option<String> = ask(&supervisor, &target, &EDITION, &SCRIPTS, DEADLINE).map_err(Refusal::machine)?;
    let edition = edition.ok_or_else(|| Refusal::machine("interrupted"))?;
    let crew = Crew { supervisor: &supervisor, target: &target, jobs: jobs(arguments.jobs), seed, edition: &edition };
    let last = end - 1;
    eprintln!("scripts {first} to {last} of seed {seed} on {place}, beside the model of {edition}");
    let mut tally = Tally::new(runs, std::io::stderr().is_terminal());
    let outcome = crew.run(first..end, |news| match news {
        Some(result) => {
            show(&result);
            tally.add(&result);
        }
        None => tally.tick(),
    });
    tally.finish();
    if let Err(why) = outcome {
        return Err(Refusal::machine(why));
    }
    if supervisor.is_interrupted() {
        return Err(Refusal::machine("interrupted"));
    }
    Ok(if tally.found() { Exit::NotAsExpected } else { Exit::AsExpected })
}

fn show(result: &ScriptsResult) {
    for vector in &result.found {
        println!("{vector}");
    }
    for once in &result.unconfirmed {
        eprintln!("seen once and not again: {once}");
    }
}

/// Another one each time; it is printed, so that the run can be repeated.
fn any_seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::from(time.subsec_nanos()))
}
