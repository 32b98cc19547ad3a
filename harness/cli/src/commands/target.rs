//! The runtime that a command is about.

use super::doctor::find;
use crate::exit::Refusal;
use ptyproof_harness::runner::Supervisor;
use ptyproof_harness::target::{Binary, Launcher, LauncherProfile, Profile, Runtime};
use std::{fmt::Display, path::Path, time::Duration};

/// What `--profile` names.
pub fn profile(name: Option<&str>) -> Result<Option<Profile>, Refusal> {
    name.map(Profile::load).transpose().map_err(|error| Refusal::usage(format!("--profile: {error}")))
}

/// The profile that `--target` names.
pub fn launcher(name: &str) -> Result<LauncherProfile, Refusal> {
    LauncherProfile::load(name).map_err(|error| Refusal::usage(format!("--target: {error}")))
}

/// Before anything is started: whether `--runtime` names something that can be one.
pub fn looks_like_a_runtime(path: &Path) -> Result<(), Refusal> {
    Binary::at(path).map(drop).map_err(|error| {
        // A path is taken as it is, so a bare name is a file here.
        let is_bare = path.components().count() == 1 && !path.exists();
        let found = is_bare.then(|| find(&path.to_string_lossy())).flatten();
        let hint = found.map_or(String::new(), |found| format!("; did you mean {}?", found.display()));
        Refusal::usage(format!("--runtime: {error}{hint}"))
    })
}

/// The runtime that `--runtime` names.
pub fn given(
    path: &Path,
    profile: Option<Profile>,
    timeout: Duration,
    supervisor: &Supervisor,
) -> Result<Runtime, Refusal> {
    identified("--runtime", path, profile, timeout, supervisor)
}

/// The reference runtime, which comes along.
pub fn reference(profile: Option<Profile>, timeout: Duration, supervisor: &Supervisor) -> Result<Runtime, Refusal> {
    let path = supervisor
        .run_directory()
        .executable("ptyrun", ptyproof_cases::reference_runtime())
        .map_err(Refusal::machine)?;
    let own = Profile::load("ptyrun").map_err(Refusal::machine)?;
    let (name, profile) = ("the reference runtime", profile.or(Some(own)));
    identified(name, &path, profile, timeout, supervisor)
}

fn identified(
    name: &str,
    path: &Path,
    profile: Option<Profile>,
    timeout: Duration,
    supervisor: &Supervisor,
) -> Result<Runtime, Refusal> {
    supervisor.identify(path, profile, timeout).map_err(|error| unidentified(name, error, supervisor))
}

/// A launcher, once it has said who it is: `program`, or what is in `PATH`.
pub fn installed(
    profile: LauncherProfile,
    program: Option<&Path>,
    timeout: Duration,
    supervisor: &Supervisor,
) -> Result<Launcher, Refusal> {
    let found = supervisor.launcher(profile, program, timeout);
    found.map_err(|error| unidentified("--target", error, supervisor))
}

fn unidentified(name: &str, error: impl Display, supervisor: &Supervisor) -> Refusal {
    if supervisor.is_interrupted() {
        Refusal::machine("interrupted before the first case")
    } else {
        Refusal::usage(format!("{name}: {error}"))
    }
}
