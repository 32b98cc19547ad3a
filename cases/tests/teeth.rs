//! Every case can fail, at the assertion that it is about.

mod words;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::teeth::{Bite, Teeth, bites};
use ptyproof_cases::{container_cases, dispatch, told_by_mutants};
use ptyproof_harness::{case::Case, runner::Supervisor};
use ptyproof_report::Verdict;
use std::error::Error;
use std::process::ExitCode;
use std::{sync::Arc, time::Duration};

fn main() -> ExitCode {
    dispatch();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(8);
    let trials = match prepare() {
        Ok(teeth) => trials(&Arc::new(teeth)),
        Err(why) => {
            let why = format!("no defect was run: {why}");
            vec![Trial::test("the_machine_can_run_the_cases", move || Err(why.into()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn prepare() -> Result<Teeth, Box<dyn Error>> {
    let supervisor = Supervisor::begin()?;
    let path = supervisor.run_directory().executable("ptyrun", ptyproof_defective::runtime())?;
    Ok(Teeth::of(supervisor, &path)?)
}

fn trials(teeth: &Arc<Teeth>) -> Vec<Trial> {
    let none = |(name, offenders): (&str, Vec<String>)| {
        Trial::test(name, move || if offenders.is_empty() { Ok(()) } else { Err(offenders.join(", ").into()) })
    };
    let mut trials: Vec<Trial> = teeth.gaps().into_iter().map(none).collect();
    let skipped = Arc::clone(teeth);
    trials.push(Trial::test("a_refused_call_skips_what_needs_it", move || skips(&skipped)));
    trials.extend(bites().into_iter().map(|bite| trial(teeth, bite)));
    trials
}

/// What needs a call that is refused cannot be tried, a vector or a case: other cases judge those calls.
fn skips(teeth: &Teeth) -> Result<(), Failed> {
    for (is_it, judging) in [
        (told_by_mutants as fn(&Case) -> bool, "line-discipline/takes-tcflsh"),
        (|case| case.id == "session/background-write-stops-with-tostop", "line-discipline/takes-tcgets"),
    ] {
        let case = container_cases().into_iter().find(|case| is_it(case)).ok_or("there is no such case")?;
        let result = teeth.result(case, "terminal-calls-refused", Duration::from_secs(5));
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
