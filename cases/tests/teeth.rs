//! Every case can fail, at the assertion that it is about.

mod words;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::teeth::{Bite, Teeth};
use ptyproof_cases::{container_cases, dispatch, told_by_mutants};
use ptyproof_harness::{case::Case, runner::Supervisor};
use ptyproof_report::Verdict;
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{sync::Arc, time::Duration};

const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    dispatch();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(8);
    let trials = [of_ptyrun(), of_the_engine()].into_iter().flat_map(|trials| {
        trials.unwrap_or_else(|why| {
            let why = format!("no defect was run: {why}");
            vec![Trial::test("the_machine_can_run_the_cases", move || Err(why.into()))]
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn of_ptyrun() -> Result<Vec<Trial>, Box<dyn Error>> {
    let supervisor = Supervisor::begin()?;
    let path = supervisor.run_directory().executable("ptyrun", ptyproof_defective::runtime())?;
    let teeth = Arc::new(Teeth::of_runtime(supervisor, &path)?);
    let mut trials = trials("ptyrun", &teeth);
    trials.push(Trial::test("a_refused_call_skips_what_needs_it", move || skips(&teeth)));
    Ok(trials)
}

fn of_the_engine() -> Result<Vec<Trial>, Box<dyn Error>> {
    if Command::new("python3").arg("--version").output().is_err() {
        let none =
            || Ok(Completion::ignored_with("there is no python3 on this machine, in which the engine is written"));
        return Ok(vec![Trial::ignorable_test("engine", none).with_ignored_flag(true)]);
    }
    let teeth = Arc::new(Teeth::of_engine(Supervisor::begin()?, Path::new(ptyproof_defective::ENGINE))?);
    let mut trials = trials("engine", &teeth);
    trials.extend(teeth.cases().map(|case| {
        let teeth = Arc::clone(&teeth);
        Trial::test(format!("no_defect::leaves::{}::green", case.id).replace(['/', '-'], "_"), move || {
            let result = teeth.result(case, None, PATIENCE);
            if result.verdict == Verdict::Pass { Ok(()) } else { Err(format!("{result:#?}").into()) }
        })
    }));
    Ok(trials)
}

fn trials(whose: &str, teeth: &Arc<Teeth>) -> Vec<Trial> {
    let none = |(name, offenders): (&str, Vec<String>)| {
        let judge = move || if offenders.is_empty() { Ok(()) } else { Err(offenders.join(", ").into()) };
        Trial::test(format!("{whose}::{name}"), judge)
    };
    let bites = teeth.bites().into_iter().map(|bite| trial(teeth, bite));
    teeth.gaps().into_iter().map(none).chain(bites).collect()
}

/// What needs a call that is refused cannot be tried, a vector or a case: other cases judge those calls.
fn skips(teeth: &Teeth) -> Result<(), Failed> {
    for (is_it, judging) in [
        (told_by_mutants as fn(&Case) -> bool, "line-discipline/takes-tcflsh"),
        (|case| case.id == "session/background-write-stops-with-tostop", "line-discipline/takes-tcgets"),
    ] {
        let case = container_cases().into_iter().find(|case| is_it(case)).ok_or("there is no such case")?;
        let result = teeth.result(case, Some("terminal-calls-refused"), PATIENCE);
        let named = result.reason.as_deref().is_some_and(|reason| reason.ends_with(judging));
        if result.verdict != Verdict::Skip || !named {
            return Err(format!("{} is {}: {:?}", case.id, result.verdict, result.reason).into());
        }
    }
    Ok(())
}

fn trial(teeth: &Arc<Teeth>, bite: Bite) -> Trial {
    let name = format!("{}::turns::{}::red", bite.defect, bite.case.id).replace(['/', '-'], "_");
    let (teeth, unmet) = (Arc::clone(teeth), teeth.unmet(bite));
    let ignored = unmet.is_some();
    Trial::ignorable_test(name, move || -> Result<Completion, Failed> {
        if let Some(reason) = &unmet {
            return Ok(Completion::ignored_with(reason.clone()));
        }
        let (result, wrong) = teeth.try_one(bite);
        match words::debug_text(&result).or(wrong) {
            None => Ok(Completion::Completed),
            Some(why) => Err(why.into()),
        }
    })
    .with_ignored_flag(ignored)
}
