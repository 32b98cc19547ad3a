//! Whether cases can fail: each is run against ptyrun with the defects that it names, and must come to the finding that it
//! names. Cases of programs that run without their caller are run against a small engine with its defects.

use crate::{container_cases, told_by_mutants};
use ptyproof_harness::case::{Case, Level, Need, Stop};
use ptyproof_harness::runner::{Settings, Supervisor, SurveyError, run_one, unmet_need};
use ptyproof_harness::target::{Launcher, LauncherError, LauncherProfile, Runtime, RuntimeError, Target};
use ptyproof_report::{CaseResult, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Most of a defect's time is waiting for what never comes: a case gets little at first, and much only where that was not
/// enough to come to its finding.
const PATIENCE: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(5)];

/// A target that can be wrong on purpose (`--list-defects`, `--defect NAME`).
pub struct Teeth {
    /// What it is run by.
    pub supervisor: Supervisor,
    subject: Subject,
    /// The defects, and whether only root of the machine can be wrong so.
    known: BTreeMap<String, bool>,
}

#[derive(Clone)]
enum Subject {
    Runtime(Runtime),
    Engine(Launcher),
}

/// One way in which a case says that it fails.
#[derive(Clone, Copy)]
pub struct Bite {
    /// The case.
    pub case: &'static Case,
    /// The defect that must turn it red.
    pub defect: &'static str,
    /// The assertion at which.
    pub at: &'static str,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum TeethError {
    /// Nothing can be run here.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// It is no runtime.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// It is no engine.
    #[error(transparent)]
    Engine(#[from] LauncherError),
    /// It has no defects.
    #[error(
        "{0}: --list-defects names no defect; give the path of ptyrun-with-defects (cargo build -p ptyrun-defects)"
    )]
    NoDefects(String),
}

impl Teeth {
    /// Asks the runtime at `path` for its defects.
    pub fn of_runtime(supervisor: Supervisor, path: &Path) -> Result<Self, TeethError> {
        let runtime = supervisor.identify(path, None, PATIENCE[1])?;
        Self::asking(supervisor, path, Subject::Runtime(runtime))
    }

    /// Asks the engine at `path` for its defects, which is called by the profile in the file beside it.
    pub fn of_engine(supervisor: Supervisor, path: &Path) -> Result<Self, TeethError> {
        let profile = LauncherProfile::load(&path.with_extension("toml").to_string_lossy())?;
        let engine = supervisor.launcher(profile, Some(path), PATIENCE[1])?;
        Self::asking(supervisor, path, Subject::Engine(engine))
    }

    fn asking(supervisor: Supervisor, path: &Path, subject: Subject) -> Result<Self, TeethError> {
        let listed = Command::new(path).arg("--list-defects").output();
        let listed = listed.map(|output| output.stdout).unwrap_or_default();
        let defect = |line: &str| Some((line.split_once('\t')?.0.to_owned(), line.ends_with("\troot only")));
        let known: BTreeMap<_, _> = String::from_utf8_lossy(&listed).lines().filter_map(defect).collect();
        if known.is_empty() {
            return Err(TeethError::NoDefects(path.display().to_string()));
        }
        Ok(Self { supervisor, subject, known })
    }

    /// The cases for which it is there: ptyrun runs nothing that its caller could come back to, which is all that the engine does.
    pub fn cases(&self) -> impl Iterator<Item = &'static Case> {
        let of_engines = matches!(self.subject, Subject::Engine(_));
        container_cases().into_iter().filter(move |case| case.needs.contains(&Need::Detached) == of_engines)
    }

    /// All ways in which these say that they fail.
    pub fn bites(&self) -> Vec<Bite> {
        let of = |case: &'static Case| case.catches().map(move |(defect, at)| Bite { case, defect, at });
        self.cases().flat_map(of).collect()
    }

    /// The defects that there are.
    pub fn defects(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// What needs no run to be wrong: a name for the fault, and the cases or defects that have it.
    pub fn gaps(&self) -> [(&'static str, Vec<String>); 4] {
        let bites = self.bites();
        let named: BTreeSet<&str> = bites.iter().map(|bite| bite.defect).collect();
        // What is only recorded is not judged. Vectors and scripts are shown to fail by mutants of the model.
        // ptyrun writes no container to files: `tests/checkpoint.rs` falsifies what these cases are told.
        let has_defects = |case: &&Case| !case.needs.contains(&Need::Checkpoint);
        let judged = |case: &&Case| case.level != Level::Info && !told_by_mutants(case) && has_defects(case);
        let toothless = self.cases().filter(|case| judged(case) && case.caught_by.is_empty());
        let unknown = named.iter().filter(|name| !self.known.contains_key(**name)).map(ToString::to_string);
        let uncaught = self.defects().filter(|name| !named.contains(name)).map(str::to_owned);
        let presupposed = bites.iter().filter(|bite| bite.at == Stop::PRESUPPOSED);
        [
            ("every_case_has_a_defect", toothless.map(|case| case.id.to_owned()).collect()),
            ("every_defect_named_exists", unknown.collect()),
            ("every_defect_is_caught_by_a_case", uncaught.collect()),
            ("no_refused_step_counts", presupposed.map(|bite| bite.case.id.to_owned()).collect()),
        ]
    }

    /// Why that cannot be tried here.
    pub fn unmet(&self, bite: Bite) -> Option<String> {
        let machine = self.supervisor.machine();
        let root_only = self.known.get(bite.defect) == Some(&true) && !machine.root;
        let only_root = "only root of the machine can be wrong in this way";
        unmet_need(bite.case, self.target(), machine).or_else(|| root_only.then(|| only_root.to_owned()))
    }

    /// What comes of a case with a defect, and what is wrong with that.
    pub fn try_one(&self, bite: Bite) -> (CaseResult, Option<String>) {
        let Bite { case, defect, at } = bite;
        let [little, much] = PATIENCE;
        let mut result = self.result(case, Some(defect), little);
        if !is_found(&result, at) {
            result = self.result(case, Some(defect), much);
        }
        let wrong = (!is_found(&result, at)).then(|| {
            let seen = result.reason.clone().unwrap_or_else(|| result.teardown.join("; "));
            format!("{} is {} with the defect {defect}, at {seen:?} and not at {at:?}", case.id, result.verdict)
        });
        // An unknown name is refused, which turns any case red and proves nothing.
        let unknown = (!self.known.contains_key(defect)).then(|| format!("no defect is called {defect}"));
        (result, unknown.or(wrong))
    }

    /// What comes of a case with one defect, or without any.
    pub fn result(&self, case: &Case, defect: Option<&str>, timeout: Duration) -> CaseResult {
        let words: Vec<_> = defect.into_iter().flat_map(|name| ["--defect", name]).map(str::to_owned).collect();
        let target: Arc<dyn Target> = match self.subject.clone() {
            Subject::Runtime(runtime) => Arc::new(Runtime { arguments: words, ..runtime }),
            Subject::Engine(mut engine) => {
                engine.profile.global = words;
                Arc::new(engine)
            }
        };
        run_one(&self.supervisor, &target, case, &Settings::plain(timeout))
    }

    fn target(&self) -> &dyn Target {
        match &self.subject {
            Subject::Runtime(runtime) => runtime,
            Subject::Engine(engine) => engine,
        }
    }
}

/// Whether a case came to the finding that it names.
fn is_found(result: &CaseResult, at: &str) -> bool {
    matches!(result.verdict, Verdict::Fail | Verdict::Warn) && result.reason.as_deref() == Some(at)
}
