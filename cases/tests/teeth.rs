//! Every case can fail, at the assertion that it is about: each is run against ptyrun with the defects that it names, and
//! must come to the finding that it names.

mod words;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::{container_cases, dispatch, told_by_mutants};
use ptyproof_harness::case::{Case, Level, Stop};
use ptyproof_harness::runner::{Settings, Supervisor, run_one, unmet_need};
use ptyproof_harness::target::{Runtime, Target};
use ptyproof_report::{CaseResult, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, ExitCode};
use std::{sync::Arc, time::Duration};

/// Most of a defect's time is waiting for what never comes: a case gets little at first, and much only where that was not
/// enough to come to its finding.
const PATIENCE: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(5)];

fn main() -> ExitCode {
    dispatch();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(8);
    let trials = match Bench::prepare() {
        Ok(bench) => trials(&Arc::new(bench), &container_cases()),
        Err(why) => {
            vec![Trial::test("the_machine_can_run_the_cases", move || Err(format!("no defect was run: {why}").into()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

struct Bench {
    supervisor: Supervisor,
    runtime: Runtime,
    /// The defects, and whether only root of the machine can be wrong so.
    known: BTreeMap<String, bool>,
}

impl Bench {
    fn prepare() -> Result<Self, String> {
        let supervisor = Supervisor::begin().map_err(|error| error.to_string())?;
        let path = supervisor
            .run_directory()
            .executable("ptyrun", ptyproof_defective::runtime())
            .map_err(|error| error.to_string())?;
        let [_, patience] = PATIENCE;
        let runtime = supervisor.identify(&path, None, patience).map_err(|error| error.to_string())?;
        let listed = Command::new(&path)
            .arg("--list-defects")
            .output()
            .map_err(|error| format!("ptyrun --list-defects: {error}"))?;
        let known = String::from_utf8_lossy(&listed.stdout)
            .lines()
            .filter_map(|line| Some((line.split_once('\t')?.0.to_owned(), line.ends_with("\troot only"))))
            .collect();
        Ok(Self { supervisor, runtime, known })
    }

    /// What comes of a case with one defect.
    fn result(&self, case: &Case, defect: &str, timeout: Duration) -> CaseResult {
        let mut runtime = self.runtime.clone();
        runtime.arguments = vec!["--defect".to_owned(), defect.to_owned()];
        let settings = Settings::plain(timeout);
        run_one(&self.supervisor, &(Arc::new(runtime) as Arc<dyn Target>), case, &settings)
    }
}

fn trials(bench: &Arc<Bench>, cases: &[&'static Case]) -> Vec<Trial> {
    let pairs = || cases.iter().flat_map(|&case| case.catches().map(move |(defect, what)| (case, defect, what)));
    let named: BTreeSet<String> = pairs().map(|(_, defect, _)| defect.to_owned()).collect();
    // What is only recorded is not judged. Vectors and scripts are shown to fail by mutants of the model.
    let judged = cases.iter().filter(|case| case.level != Level::Info && !told_by_mutants(case));
    let toothless = judged.filter(|case| case.caught_by.is_empty()).map(|case| case.id.to_owned());
    let mut trials = vec![
        none("every_case_has_a_defect", toothless.collect()),
        none(
            "every_defect_named_exists",
            named.iter().filter(|name| !bench.known.contains_key(*name)).cloned().collect(),
        ),
        none(
            "every_defect_is_caught_by_a_case",
            bench.known.keys().filter(|name| !named.contains(*name)).cloned().collect(),
        ),
        none(
            "no_refused_step_counts",
            pairs().filter(|pair| pair.2 == Stop::PRESUPPOSED).map(|pair| pair.0.id.to_owned()).collect(),
        ),
    ];
    let skipped = Arc::clone(bench);
    trials.push(Trial::test("a_refused_call_skips_what_needs_it", move || skips(&skipped)));
    trials.extend(pairs().map(|(case, defect, what)| pair(bench, case, defect, what)));
    trials
}

/// Vectors cannot be performed where calls are refused that make a terminal like a new one: other cases judge those.
fn skips(bench: &Bench) -> Result<(), Failed> {
    let vector = container_cases().into_iter().find(|case| told_by_mutants(case)).ok_or("there is no vector")?;
    let result = bench.result(vector, "terminal-calls-refused", PATIENCE[1]);
    let named = result.reason.as_deref().is_some_and(|reason| reason.contains("line-discipline/takes-tcflsh"));
    let told = || format!("{} is {}: {:?}", vector.id, result.verdict, result.reason);
    if result.verdict == Verdict::Skip && named { Ok(()) } else { Err(told().into()) }
}

fn none(name: &str, offenders: Vec<String>) -> Trial {
    Trial::test(name, move || if offenders.is_empty() { Ok(()) } else { Err(offenders.join(", ").into()) })
}

fn pair(bench: &Arc<Bench>, case: &'static Case, defect: &'static str, what: &'static str) -> Trial {
    let name = format!("{defect}::turns::{}::red", case.id).replace(['/', '-'], "_");
    let machine = bench.supervisor.machine();
    let (known, root_only) = (bench.known.contains_key(defect), bench.known.get(defect) == Some(&true));
    let unmet = unmet_need(case, &bench.runtime, machine).or_else(|| {
        (root_only && !machine.root).then(|| "only root of the machine can be wrong in this way".to_owned())
    });
    let bench = Arc::clone(bench);
    let ignored = unmet.is_some();
    Trial::ignorable_test(name, move || -> Result<Completion, Failed> {
        if let Some(reason) = &unmet {
            return Ok(Completion::ignored_with(reason.clone()));
        }
        // ptyrun refuses an unknown name, which turns any case red and proves nothing.
        if !known {
            return Err(format!("ptyrun knows no defect {defect}").into());
        }
        let [little, much] = PATIENCE;
        let mut result = bench.result(case, defect, little);
        if !is_found(&result, what) {
            result = bench.result(case, defect, much);
        }
        if let Some(text) = words::debug_text(&result) {
            return Err(text.into());
        }
        if is_found(&result, what) {
            return Ok(Completion::Completed);
        }
        let seen = result.reason.unwrap_or_else(|| result.teardown.join("; "));
        Err(format!("{} is {} with the defect {defect}, at {seen:?} and not at {what:?}", case.id, result.verdict)
            .into())
    })
    .with_ignored_flag(ignored)
}

/// Whether a case came to the finding that it names.
fn is_found(result: &CaseResult, what: &str) -> bool {
    matches!(result.verdict, Verdict::Fail | Verdict::Warn) && result.reason.as_deref() == Some(what)
}
