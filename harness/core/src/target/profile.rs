//! How to call one target. Data only: never a verdict.

use ptyproof_report::Target;
use ptyproof_report::data::{self, DataError};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// How to call one OCI runtime. `profiles/default.toml` says what each key means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name of the profile, and of the expectation file that belongs to it.
    pub name: String,
    /// The output of `--version` begins with this, where that is how the target is recognised.
    #[serde(default)]
    pub recognise: Option<String>,
    /// Without what on the machine not even the simplest container starts.
    #[serde(default)]
    pub requires: Vec<Requirement>,
    /// Environment of every call, beside `PATH` and `XDG_RUNTIME_DIR`.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Arguments before the verb, for every call.
    #[serde(default)]
    pub global: Vec<String>,
    /// Arguments after the verb.
    #[serde(default)]
    pub arguments: Arguments,
    /// Flag of `exec` that asks for a terminal, where it has one.
    #[serde(default)]
    pub exec_terminal_flag: Option<String>,
    /// Flag of `create`, `run` and `exec` that is followed by how many descriptors after the standard streams
    /// are passed on, where they have one.
    #[serde(default)]
    pub preserve_descriptors_flag: Option<String>,
    /// What the target can do at all.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// What a machine may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Requirement {
    /// Root of the machine.
    Root,
    /// More than one user and group id.
    ManyIds,
    /// A cgroup2 hierarchy at `/sys/fs/cgroup`.
    Cgroup2,
    /// A devpts instance of one's own that gives ptys.
    Devpts,
}

/// Arguments that follow a verb, before those that every runtime gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Arguments {
    pub create: Vec<String>,
    pub start: Vec<String>,
    pub state: Vec<String>,
    pub kill: Vec<String>,
    pub delete: Vec<String>,
    pub run: Vec<String>,
    pub exec: Vec<String>,
}

impl Arguments {
    /// Those of a verb.
    pub fn of(&self, verb: &str) -> &[String] {
        match verb {
            "create" => &self.create,
            "start" => &self.start,
            "state" => &self.state,
            "kill" => &self.kill,
            "delete" => &self.delete,
            "run" => &self.run,
            "exec" => &self.exec,
            _ => &[],
        }
    }
}

/// What a target can do at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// `create --console-socket`.
    pub terminal: bool,
    /// `run` with the terminal of its caller.
    pub foreground_terminal: bool,
    /// What `run` gives to the container then is a terminal of its own, between which and the caller's it relays.
    pub relay: bool,
    /// `exec --process FILE`.
    pub exec: bool,
    /// A container enters the cgroup of `linux.cgroupsPath`.
    pub cgroup: bool,
    /// `checkpoint` and `restore`, by CRIU.
    pub checkpoint: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { terminal: true, foreground_terminal: true, relay: true, exec: true, cgroup: true, checkpoint: false }
    }
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ProfileError {
    /// There is none of that name.
    #[error("no profile is called {name}; there are {known}, or give the path of a .toml file")]
    Unknown { name: String, known: String },
    /// The file cannot be read, or is no profile.
    #[error(transparent)]
    File(#[from] DataError),
}

/// The files of `profiles/`: their names and texts.
const BUILT_IN: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

impl Profile {
    /// A built-in profile by its name, or the file at a path that ends in `.toml`.
    pub fn load(name: &str) -> Result<Self, ProfileError> {
        if let Some((file, text)) = BUILT_IN.iter().find(|(file, _)| file.strip_suffix(".toml") == Some(name)) {
            return Self::parse(file, text);
        }
        let path = Path::new(name);
        if path.extension().is_some_and(|extension| extension == "toml") {
            return Self::parse(name, &data::read(path)?);
        }
        let known: Vec<_> = BUILT_IN.iter().map(|(file, _)| file.trim_end_matches(".toml")).collect();
        Err(ProfileError::Unknown { name: name.to_owned(), known: known.join(", ") })
    }

    /// The built-in profile whose mark the version text bears, else the default one.
    pub fn recognise(version: &str) -> Result<Self, ProfileError> {
        for (file, text) in BUILT_IN {
            let profile = Self::parse(file, text)?;
            if profile.recognise.as_deref().is_some_and(|mark| version.starts_with(mark)) {
                return Ok(profile);
            }
        }
        Self::load("default")
    }

    fn parse(origin: &str, text: &str) -> Result<Self, ProfileError> {
        let profile: Self = data::parse(origin, text)?;
        if profile.name == Target::KERNEL {
            let why = "name: \"kernel\" is the name in reports about kernels; choose another one";
            return Err(DataError::at(origin, text, text.find("name").unwrap_or_default(), why).into());
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_profiles_is_one_and_bears_its_name() {
        for (file, _) in BUILT_IN {
            let name = file.trim_end_matches(".toml");
            assert_eq!(Profile::load(name).expect("well-formed").name, name);
        }
    }

    #[test]
    fn a_report_about_a_profile_is_never_taken_for_one_about_a_kernel() {
        let error = Profile::parse("mine.toml", "name = 'kernel'").expect_err("it is reserved");
        assert!(
            error.to_string().starts_with("mine.toml:1:1: name: \"kernel\" is the name in reports about kernels"),
            "{error}"
        );
    }

    #[test]
    fn a_runtime_is_recognised_by_what_it_says_of_itself() {
        let name = |version: &str| Profile::recognise(version).expect("well-formed").name;
        assert_eq!(name("runc version 1.1.5\n"), "runc");
        assert_eq!(name("crun version 1.8.1\n"), "crun");
        assert_eq!(name("something else\n"), "default");
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place_and_the_keys_that_there_are() {
        let said = |text: &str| Profile::parse("mine.toml", text).expect_err("a typo").to_string();
        let error = said("name = \"x\"\nexce = true\n");
        assert!(error.starts_with("mine.toml:2:1: unknown field `exce`, expected one of `name`, "), "{error}");
        let error = said("name = \"x\"\n[arguments]\nruns = []\n");
        assert!(error.starts_with("mine.toml:3:1: unknown field `runs`, expected one of `create`, "), "{error}");
    }
}
