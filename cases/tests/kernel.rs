//! The cases of the bare kernel, each a test of its own; and each shown to judge what it is told, by falsifying every
//! answer that it gets, one at a time.
//!
//! An answer whose falsification the case does not notice is listed in `unjudged.toml`, with the reason why it may stay.
//! With `PTYPROOF_FALSIFY=live` the answers are falsified while the kernel is asked, instead of a recording.

mod together;
mod words;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::{dispatch, kernel_cases, told_by_mutants};
use ptyproof_harness::case::{Case, Level, Stop};
use ptyproof_harness::runner::{FalsifiedAnswer, Noticed, Settings, Supervisor, falsify, run_one, unmet_need};
use ptyproof_harness::target::Kernel;
use ptyproof_report::{CaseResult, Verdict};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};
use std::{collections::BTreeSet, process::ExitCode, time::Duration};
use together::Together;

fn main() -> ExitCode {
    dispatch();
    let cases = kernel_cases();
    let arguments = Arguments::from_args();
    let trials = match Supervisor::begin() {
        Ok(supervisor) => {
            // They change settings of the whole machine for a moment.
            let supervisor = supervisor.disturbing(std::env::var_os("PTYPROOF_DISTURB").is_some());
            let bench = Arc::new(Bench { supervisor, together: Together::default() });
            let mut all: Vec<Trial> = cases.into_iter().flat_map(|case| trials(&bench, case)).collect();
            all.push(Trial::test("unjudged_answers_are_those_of_cases", unjudged_answers_are_those_of_cases));
            all
        }
        Err(why) => {
            vec![Trial::test("the_machine_can_run_the_cases", move || Err(format!("no case was run: {why}").into()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

struct Bench {
    supervisor: Supervisor,
    together: Together,
}

impl Bench {
    fn run(&self, case: &Case, falsified: Option<usize>) -> CaseResult {
        run_one(&self.supervisor, &Kernel::target(), case, &settings(falsified))
    }
}

fn settings(falsified: Option<usize>) -> Settings {
    Settings { falsified, ..Settings::plain(Duration::from_secs(5)) }
}

fn trials(bench: &Arc<Bench>, case: &'static Case) -> Vec<Trial> {
    let name = case.id.replace('/', "::").replace('-', "_");
    let unmet = unmet_need(case, &Kernel, bench.supervisor.machine());
    let test = |name: String, body: fn(&Bench, &Case) -> Result<Completion, Failed>| {
        let (bench, reason) = (Arc::clone(bench), unmet.clone());
        Trial::ignorable_test(name, move || match &reason {
            Some(reason) => Ok(Completion::ignored_with(reason.clone())),
            None => body(&bench, case),
        })
        .with_ignored_flag(unmet.is_some())
    };
    let mut trials = vec![test(name.clone(), passes)];
    // What is only recorded is not judged, and so cannot fail. Vectors and scripts are shown to fail by mutants of the model.
    if case.level != Level::Info && !told_by_mutants(case) {
        trials.push(test(format!("{name}::judges_what_it_is_told"), judges));
    }
    trials
}

fn passes(bench: &Bench, case: &Case) -> Result<Completion, Failed> {
    let result = bench.together.result(case, &kernel_cases(), (&bench.supervisor, &Kernel::target(), &settings(None)));
    if let Some(text) = words::debug_text(&result) {
        return Err(text.into());
    }
    match result.verdict {
        Verdict::Pass | Verdict::Info if result.teardown.is_empty() => Ok(Completion::Completed),
        Verdict::Skip => Ok(Completion::ignored_with(result.reason.unwrap_or_default())),
        _ => Err(format!("{result:#?}").into()),
    }
}

/// Answers to one kind of step that some cases do not judge.
#[derive(Deserialize)]
struct Unjudged {
    step: String,
    because: String,
    /// Whether it happens in some runs and not in others.
    #[serde(default)]
    sometimes: bool,
    cases: Vec<String>,
}

static UNJUDGED: LazyLock<Vec<Unjudged>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct List {
        unjudged: Vec<Unjudged>,
    }
    let list: List = toml::from_str(include_str!("../unjudged.toml")).expect("unjudged.toml is as kernel.rs reads it");
    list.unjudged
});

fn unjudged_answers_are_those_of_cases() -> Result<(), Failed> {
    let known: BTreeSet<&str> = kernel_cases().iter().map(|case| case.id).collect();
    for Unjudged { step, because, cases, .. } in &*UNJUDGED {
        if because.is_empty() {
            return Err(format!("{step} has no reason").into());
        }
        if let Some(unknown) = cases.iter().find(|id| !known.contains(id.as_str())) {
            return Err(format!("{step}: no case is called {unknown}").into());
        }
    }
    Ok(())
}

/// Every answer but those that are listed turns the case red when it is false, or sends it another way.
fn judges(bench: &Bench, case: &Case) -> Result<Completion, Failed> {
    let answers = match falsify(&bench.supervisor, case, &settings(None)) {
        Ok(answers) => answers,
        Err(Stop::Skip(reason)) => return Ok(Completion::ignored_with(reason)),
        Err(stop) => return Err(stop.to_string().into()),
    };
    let live = |number| match bench.run(case, Some(number)).verdict {
        Verdict::Fail | Verdict::Warn => Noticed::Judged,
        Verdict::Pass => Noticed::Unjudged,
        _ => Noticed::Followed,
    };
    let is_asked_live = std::env::var_os("PTYPROOF_FALSIFY").is_some_and(|how| how == "live");
    let answers: Vec<FalsifiedAnswer> = if is_asked_live {
        answers.into_iter().map(|answer| FalsifiedAnswer { noticed: live(answer.number), ..answer }).collect()
    } else {
        answers
    };
    let is_judged = |answer: &FalsifiedAnswer| answer.noticed == Noticed::Judged;
    // Where each sends the case another way, only the kernel can say where that leads.
    if !answers.iter().any(is_judged) && !answers.iter().rev().any(|answer| live(answer.number) == Noticed::Judged) {
        return Err(format!("none of its {} answers turns {} red when it is false", answers.len(), case.id).into());
    }
    let unjudged = answers.iter().filter(|answer| answer.noticed == Noticed::Unjudged);
    let unjudged: BTreeSet<&str> = unjudged.map(|answer| answer.step.as_str()).collect();
    let listed: Vec<&Unjudged> = UNJUDGED.iter().filter(|entry| entry.cases.iter().any(|id| id == case.id)).collect();
    let missing: Vec<&str> =
        unjudged.iter().copied().filter(|step| !listed.iter().any(|entry| entry.step == *step)).collect();
    let noticed = listed.iter().filter(|entry| !entry.sometimes && !unjudged.contains(entry.step.as_str()));
    let noticed: Vec<&str> = noticed.map(|entry| entry.step.as_str()).collect();
    if missing.is_empty() && noticed.is_empty() {
        return Ok(Completion::Completed);
    }
    Err(format!("unjudged and not listed in unjudged.toml: {missing:?}; listed there and judged: {noticed:?}").into())
}
