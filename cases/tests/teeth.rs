//! Every case can fail: each is run against ptyrun with the defects that `defects.toml` names for it.

mod words;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::{Defects, container_cases, defects, dispatch, exists, told_by_mutants};
use ptyproof_harness::case::Case;
use ptyproof_harness::runner::{Settings, Supervisor, run_one, unmet_need};
use ptyproof_harness::target::{Runtime, Target};
use ptyproof_report::Verdict;
use std::collections::BTreeSet;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

fn main() -> ExitCode {
    dispatch();
    // Vectors and scripts are shown to fail by mutants of the model, in tests/mutants.rs.
    let mut cases = container_cases();
    cases.retain(|case| !told_by_mutants(case));
    let mut arguments = Arguments::from_args();
    // Most of a defect's time is waiting for what never comes.
    arguments.test_threads.get_or_insert(8);
    let trials = match Bench::prepare() {
        Ok(bench) => trials(&Arc::new(bench), &cases),
        Err(why) => {
            vec![Trial::test("the_machine_can_run_the_cases", move || Err(format!("no defect was run: {why}").into()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

struct Bench {
    supervisor: Supervisor,
    runtime: Runtime,
    settings: Settings,
    known: BTreeSet<String>,
}

impl Bench {
    fn prepare() -> Result<Self, String> {
        let supervisor = Supervisor::begin().map_err(|error| error.to_string())?;
        let path = supervisor
            .run_directory()
            .executable("ptyrun", ptyproof_defective::runtime())
            .map_err(|error| error.to_string())?;
        let timeout = Duration::from_secs(4);
        let runtime = supervisor.identify(&path, None, timeout).map_err(|error| error.to_string())?;
        let listed = Command::new(&path)
            .arg("--list-defects")
            .output()
            .map_err(|error| format!("ptyrun --list-defects: {error}"))?;
        let known = String::from_utf8_lossy(&listed.stdout)
            .lines()
            .filter_map(|line| Some(line.split_once('\t')?.0.to_owned()))
            .collect();
        let settings = Settings {
            jobs: 1,
            timeout,
            strict: false,
            fail_fast: false,
            expectations: Default::default(),
            falsified: None,
        };
        Ok(Self { supervisor, runtime, settings, known })
    }

    /// The verdict on a case with one defect, told in words.
    fn verdict(&self, case: &Case, defect: &str) -> Result<Verdict, String> {
        let mut runtime = self.runtime.clone();
        runtime.arguments = vec!["--defect".to_owned(), defect.to_owned()];
        let result = run_one(&self.supervisor, &(Arc::new(runtime) as Arc<dyn Target>), case, &self.settings);
        // What is left behind is a verdict, too.
        if result.verdict == Verdict::Pass && !result.teardown.is_empty() {
            return Ok(Verdict::Fail);
        }
        words::debug_text(&result).map_or(Ok(result.verdict), Err)
    }
}

fn trials(bench: &Arc<Bench>, cases: &[&'static Case]) -> Vec<Trial> {
    let Defects { root_only, cases: table } = match defects() {
        Ok(defects) => defects,
        Err(error) => {
            return vec![Trial::test("defects_toml_is_well_formed", move || Err(error.to_string().into()))];
        }
    };
    let mut trials = Vec::new();
    let named: BTreeSet<String> = table.values().flatten().cloned().collect();
    let caseless: Vec<String> = table.keys().filter(|id| !exists(id)).map(ToString::to_string).collect();
    trials.push(none("every_row_of_defects_toml_names_a_case_that_exists", caseless));
    let toothless = cases.iter().filter(|case| table.get(&case.id()).is_none_or(Vec::is_empty));
    trials.push(none("every_case_has_a_defect", toothless.map(|case| case.id.to_owned()).collect()));
    let unknown = named.difference(&bench.known).cloned().collect();
    trials.push(none("every_defect_named_exists", unknown));
    let uncaught = bench.known.difference(&named).cloned().collect();
    trials.push(none("every_defect_is_caught_by_a_case", uncaught));
    for &case in cases {
        for defect in table.get(&case.id()).into_iter().flatten() {
            let root_only = root_only.contains(defect);
            trials.push(pair(bench, case, defect, root_only));
        }
    }
    trials
}

fn none(name: &str, offenders: Vec<String>) -> Trial {
    Trial::test(name, move || if offenders.is_empty() { Ok(()) } else { Err(offenders.join(", ").into()) })
}

fn pair(bench: &Arc<Bench>, case: &'static Case, defect: &str, root_only: bool) -> Trial {
    let name = format!("{defect}::turns::{}::red", case.id).replace(['/', '-'], "_");
    let machine = bench.supervisor.machine();
    let unmet = unmet_need(case, &bench.runtime, machine).or_else(|| {
        (root_only && !machine.root).then(|| "only root of the machine can be wrong in this way".to_owned())
    });
    let (bench, defect) = (Arc::clone(bench), defect.to_owned());
    let ignored = unmet.is_some();
    Trial::ignorable_test(name, move || -> Result<Completion, Failed> {
        if let Some(reason) = &unmet {
            return Ok(Completion::ignored_with(reason.clone()));
        }
        // ptyrun refuses an unknown name, which turns any case red and proves nothing.
        if !bench.known.contains(&defect) {
            return Err(format!("ptyrun knows no defect {defect}").into());
        }
        match bench.verdict(case, &defect)? {
            Verdict::Fail | Verdict::Warn | Verdict::Timeout => Ok(Completion::Completed),
            other => Err(format!("{} is {other} with the defect {defect}", case.id).into()),
        }
    })
    .with_ignored_flag(ignored)
}
