//! The runtime that a command is about.

use crate::exit::Refusal;
use ptyproof_harness::runner::Supervisor;
use ptyproof_harness::target::{Binary, Profile, Runtime};
use std::{path::Path, time::Duration};

/// What `--profile` names.
pub fn profile(name: Option<&str>) -> Result<Option<Profile>, Refusal> {
    name.map(Profile::load).transpose().map_err(|error| Refusal::usage(format!("--profile: {error}")))
}

/// Before anything is started: whether `--runtime` names something that can be one.
pub fn looks_like_a_runtime(path: &Path) -> Result<(), Refusal> {
    Binary::at(path).map(drop).map_err(|error| Refusal::usage(format!("--runtime: {error}")))
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
    let identified = supervisor.identify(path, profile, timeout);
    identified.map_err(|error| {
        if supervisor.is_interrupted() {
            Refusal::machine("interrupted before the first case")
        } else {
            Refusal::usage(format!("{name}: {error}"))
        }
    })
}
