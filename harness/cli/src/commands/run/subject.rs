//! What a call tests: one target or several in turn.

use crate::arguments::{Run, TargetKind};
use crate::commands::target::{given, installed, launcher, looks_like_a_runtime, profile, reference};
use crate::commands::via::Via;
use crate::exit::Refusal;
use ptyproof_cases::{container_cases, kernel_cases};
use ptyproof_harness::case::{Case, Need};
use ptyproof_harness::runner::Supervisor;
use ptyproof_harness::target::{Kernel, LauncherProfile, Profile, Target};
use ptyproof_report::Report;
use ptyproof_report::expectation::Expectations;
use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

/// One thing to test, as it was asked for.
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// The profile that was named for it.
    pub profile: Option<String>,
}

/// What there is to test.
pub enum Kind {
    /// The reference runtime.
    Reference,
    /// A runtime, by its path.
    Runtime(PathBuf),
    /// The kernel that runs.
    Kernel,
    /// A kernel elsewhere.
    Elsewhere(Via),
    /// A launcher, by its profile, and by its program where that is not the one in `PATH`.
    Launcher(String, Option<PathBuf>),
}

/// The same once it is known who it is.
pub struct Identified {
    /// What is tested.
    pub target: Arc<dyn Target>,
    /// What is known of it.
    pub known: Expectations,
    /// A name for its files, which no other one of the call has.
    pub name: String,
}

/// What the command line asks for; where it names nothing, what was tested in the run that is run again.
pub fn subjects(arguments: &Run, again: Option<&Report>) -> Result<Vec<Subject>, Refusal> {
    let asked = |kind| arguments.target.contains(&kind);
    if arguments.via.is_some() && !asked(TargetKind::Kernel) {
        return Err(Refusal::usage("--via reaches a kernel: add --target kernel, or leave --via out"));
    }
    // An image has a hash, a kernel elsewhere none.
    let booted = again.filter(|report| report.target.is_kernel() && !report.target.sha256.is_empty());
    if let Some(report) = booted.filter(|_| arguments.runtime.is_empty() && arguments.target.is_empty()) {
        return Err(Refusal::usage(format!(
            "--rerun: is a report of the kernel that {} is or reaches; add --target kernel --via, use `ptyproof kernel`, or name \
             another target",
            report.target.path
        )));
    }
    let mut kinds: Vec<Kind> = arguments.runtime.iter().cloned().map(Kind::Runtime).collect();
    let mut profiles = arguments.profile.clone();
    if kinds.is_empty() && asked(TargetKind::Runtime) {
        kinds.push(Kind::Reference);
    }
    let launchers = arguments.target.iter().filter_map(|target| match target {
        TargetKind::Launcher(name, program) => Some(Kind::Launcher(name.clone(), program.clone())),
        TargetKind::Runtime | TargetKind::Kernel => None,
    });
    let launchers: Vec<Kind> = launchers.collect();
    if kinds.is_empty() && launchers.is_empty() && !asked(TargetKind::Kernel) {
        kinds.push(again.map_or(Kind::Reference, |report| tested(report, arguments)));
        let is_kernel = matches!(kinds[0], Kind::Kernel | Kind::Elsewhere(_));
        let profile = again.map(|report| &report.target.profile).filter(|_| !is_kernel);
        if let (Kind::Runtime(_), Some(profile), true) = (&kinds[0], profile, profiles.is_empty()) {
            profiles.push(profile.clone());
        }
    }
    let is_runtime = |kind: &&Kind| matches!(kind, Kind::Reference | Kind::Runtime(_));
    let runtimes = kinds.iter().filter(is_runtime).count();
    if runtimes == 0 && !profiles.is_empty() {
        let of = if launchers.is_empty() {
            "--target kernel calls no runtime"
        } else {
            "--target names a profile of its own"
        };
        return Err(Refusal::usage(format!("{of}: leave --profile out, or --target")));
    }
    kinds.extend(launchers);
    if !profiles.is_empty() && profiles.len() != runtimes {
        let count = profiles.len();
        return Err(Refusal::usage(format!(
            "--profile: {count} for {runtimes} runtimes; expected none, or one for each in the same order"
        )));
    }
    if asked(TargetKind::Kernel) {
        kinds.push(Via::given(arguments).map_or(Kind::Kernel, Kind::Elsewhere));
    }
    let mut profiles = profiles.into_iter();
    Ok(kinds.into_iter().map(|kind| Subject { profile: profiles.next(), kind }).collect())
}

/// What a report is about. The reference runtime lay in the directory of that run, which is gone.
fn tested(report: &Report, arguments: &Run) -> Kind {
    let path = PathBuf::from(&report.target.path);
    match report.target.is_kernel() {
        true if report.target.path.is_empty() => Kind::Kernel,
        true => Kind::Elsewhere(Via {
            line: report.target.path.clone(),
            path: arguments.via_path.clone(),
            called: report.target.called.clone(),
        }),
        false if LauncherProfile::load(&report.target.profile).is_ok() => {
            Kind::Launcher(report.target.profile.clone(), Some(path))
        }
        false if path.file_name().is_some_and(|name| name == "ptyrun") && !path.exists() => Kind::Reference,
        false => Kind::Runtime(path),
    }
}

impl Subject {
    /// The cases that say something about it.
    pub fn cases(&self) -> Vec<&'static Case> {
        if self.is_kernel() { kernel_cases() } else { container_cases() }
    }

    /// Whether it is a kernel, here or elsewhere.
    pub fn is_kernel(&self) -> bool {
        matches!(self.kind, Kind::Kernel | Kind::Elsewhere(_))
    }

    /// Before anything is started: whether it can be what it is said to be.
    pub fn check(&self) -> Result<Option<Profile>, Refusal> {
        if let Kind::Runtime(path) = &self.kind {
            looks_like_a_runtime(path)?;
        }
        if let Kind::Elsewhere(via) = &self.kind {
            via.check()?;
        }
        if let Kind::Launcher(name, program) = &self.kind {
            launcher(name)?.binary(program.as_deref()).map_err(|error| Refusal::usage(format!("--target: {error}")))?;
        }
        profile(self.profile.as_deref())
    }

    /// What every other case about it builds on.
    pub fn first(&self) -> Option<&'static Case> {
        let need = if matches!(self.kind, Kind::Launcher(..)) { Need::FirstInForeground } else { Need::First };
        container_cases().into_iter().find(|case| case.needs.contains(&need))
    }

    /// Asks it who it is.
    pub fn identify(
        &self,
        profile: Option<Profile>,
        arguments: &Run,
        expected: &Expectations,
        supervisor: &Supervisor,
        taken: &mut BTreeSet<String>,
    ) -> Result<Identified, Refusal> {
        let runtime = match &self.kind {
            Kind::Runtime(path) => given(path, profile, arguments.timeout, supervisor)?,
            Kind::Reference => reference(profile, arguments.timeout, supervisor)?,
            Kind::Launcher(name, program) => {
                let found = installed(launcher(name)?, program.as_deref(), arguments.timeout, supervisor)?;
                let (profile, version) = (found.profile.name.clone(), found.version.clone());
                let name = unique(&format!("{profile}-{}", number(&version)), taken);
                let known = built_in(&profile)?.overridden_by(expected.clone()).known_of(&version);
                return Ok(Identified { target: Arc::new(found), known, name });
            }
            Kind::Kernel | Kind::Elsewhere(_) => {
                let (target, known) = (Kernel::target(), expected.clone());
                let name = unique(&format!("linux-{}", target.described().version), taken);
                return Ok(Identified { target, known, name });
            }
        };
        let version = runtime.version.clone();
        let known = built_in(&runtime.profile.name)?.known_of(&version);
        let name = unique(&format!("{}-{}", runtime.profile.name, number(&version)), taken);
        let known = known.overridden_by(expected.clone().known_of(&version));
        Ok(Identified { target: Arc::new(runtime), known, name })
    }
}

impl Identified {
    /// A kernel elsewhere: who it is, it says itself when it is reached.
    pub fn elsewhere(via: &Via, expected: &Expectations, taken: &mut BTreeSet<String>) -> Self {
        let name = unique(via.called.as_deref().unwrap_or("elsewhere"), taken);
        Self { target: Kernel::target(), known: expected.clone(), name }
    }
}

/// What is known of all versions of the target of a profile.
pub fn built_in(profile: &str) -> Result<Expectations, Refusal> {
    match ptyproof_cases::expectations(profile) {
        None => Ok(Expectations::default()),
        Some((origin, text)) => Expectations::parse(origin, text, ptyproof_cases::exists)
            .map_err(|error| Refusal::machine(format!("built in: {error}"))),
    }
}

/// The first word with a digit of what a runtime says that it is.
fn number(version: &str) -> &str {
    let words = version.lines().next().unwrap_or_default().split_whitespace();
    words.into_iter().find(|word| word.contains(|c: char| c.is_ascii_digit())).unwrap_or("unknown")
}

/// `name` as that of a file, and with a number where it is taken.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).take(100).collect();
    let mut names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
    names.find(|name| taken.insert(name.clone())).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_who_a_runtime_says_it_is() {
        let mut taken = BTreeSet::new();
        let mut name = |version: &str| unique(&format!("runc-{}", number(version)), &mut taken);
        assert_eq!(name("runc version 1.1.5+ds1\ncommit: 1.1.5"), "runc-1.1.5+ds1");
        assert_eq!(name("runc version 1.1.5+ds1"), "runc-1.1.5+ds1-2");
        assert_eq!(name("x /../1"), "runc--..-1");
        assert_eq!(name(""), "runc-unknown");
    }
}
