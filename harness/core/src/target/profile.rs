//! How to call one target. Data only: never a verdict.

use ptyproof_report::Target;
use ptyproof_report::data::{self, DataError};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How to call one OCI runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name of the profile, and of the expectation file that belongs to it.
    pub name: String,
    /// The output of `--version` begins with this, where that is how the target is recognised.
    #[serde(default)]
    pub recognise: Option<String>,
    /// Arguments before the verb, for every call.
    #[serde(default)]
    pub global: Vec<String>,
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

/// What a target can do at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// `create --console-socket`.
    pub terminal: bool,
    /// `run` with the terminal of its caller.
    pub foreground_terminal: bool,
    /// `exec --process FILE`.
    pub exec: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { terminal: true, foreground_terminal: true, exec: true }
    }
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is none of that name.
    #[error("no profile is called {name}; there are {known}, or give the path of a .toml file")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The file cannot be read, or is no profile.
    #[error(transparent)]
    File(#[from] DataError),
}

const BUILT_IN: &[(&str, &str)] = &[
    ("ptyrun", include_str!("profiles/ptyrun.toml")),
    ("runc", include_str!("profiles/runc.toml")),
    ("crun", include_str!("profiles/crun.toml")),
    ("youki", include_str!("profiles/youki.toml")),
    ("runsc", include_str!("profiles/runsc.toml")),
    ("default", include_str!("profiles/default.toml")),
];

impl Profile {
    /// A built-in profile by its name, or the file at a path that ends in `.toml`.
    pub fn load(name: &str) -> Result<Self, ProfileError> {
        if let Some((origin, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            return Self::parse(origin, text);
        }
        let path = Path::new(name);
        if path.extension().is_some_and(|extension| extension == "toml") {
            return Self::parse(name, &data::read(path)?);
        }
        let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        Err(ProfileError::Unknown { name: name.to_owned(), known: known.join(", ") })
    }

    /// The built-in profile whose mark the version text bears, else the default one.
    pub fn recognise(version: &str) -> Result<Self, ProfileError> {
        for (origin, text) in BUILT_IN {
            let profile = Self::parse(origin, text)?;
            if profile.recognise.as_deref().is_some_and(|mark| version.starts_with(mark)) {
                return Ok(profile);
            }
        }
        Self::load("default")
    }

    fn parse(origin: &str, text: &str) -> Result<Self, ProfileError> {
        let profile: Self = data::parse(origin, text)?;
        if profile.name == Target::KERNEL {
            let why = "name: \"kernel\" is what reports about kernels bear; call the profile otherwise";
            return Err(DataError::at(origin, text, text.find("name").unwrap_or_default(), why).into());
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_is_well_formed_and_bears_its_name() {
        for (name, _) in BUILT_IN {
            assert_eq!(Profile::load(name).expect("well-formed").name, *name);
        }
    }

    #[test]
    fn a_report_about_a_profile_is_never_taken_for_one_about_a_kernel() {
        let error = Profile::parse("mine.toml", "name = 'kernel'").expect_err("it is reserved");
        assert!(error.to_string().starts_with("mine.toml:1:1: name: \"kernel\" is what reports"), "{error}");
    }

    #[test]
    fn a_version_text_selects_its_profile_and_an_unknown_one_the_default() {
        let name = |version| Profile::recognise(version).expect("a profile").name;
        assert_eq!(name("runc version 1.1.5\n"), "runc");
        assert_eq!(name("crun version 1.8.1\n"), "crun");
        assert_eq!(name("something else\n"), "default");
    }

    #[test]
    fn a_broken_profile_names_file_line_and_what_was_expected() {
        let error = Profile::parse("mine.toml", "name = \"x\"\nexce = true\n").expect_err("a typo");
        let text = error.to_string();
        assert!(text.starts_with("mine.toml:2:1: unknown field `exce`"), "{text}");
        assert!(text.contains("unknown field `exce`, expected one of"), "{text}");
    }
}
