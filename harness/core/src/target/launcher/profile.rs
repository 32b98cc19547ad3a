//! How to call one launcher. Data only: never a verdict.

use super::template;
use crate::target::{Binary, BinaryError};
use ptyproof_report::Target;
use ptyproof_report::data::{self, DataError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, env};

/// How to call one launcher. `launchers/bwrap.toml` says what each key means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LauncherProfile {
    /// Name of the profile, and of the expectation file that belongs to it.
    pub name: String,
    /// The program, where no path of one is given: looked for in `PATH`.
    pub program: String,
    /// What root directory the program gets.
    #[serde(default)]
    pub root: Root,
    /// The launcher asks a daemon, which must see the files of the run.
    #[serde(default)]
    pub served: bool,
    /// It makes cgroups below its caller's, and leaves them to whoever made that one.
    #[serde(default)]
    pub cgroups_stay: bool,
    /// Each call of it begins in a cgroup of its own.
    #[serde(default)]
    pub own_cgroup: bool,
    /// Environment of every call, beside `PATH`, `HOME`, `TERM` and `XDG_RUNTIME_DIR`.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// What of the caller's own environment reaches it.
    #[serde(default)]
    pub passes: Vec<String>,
    /// Words before those of a verb, for every call.
    #[serde(default)]
    pub global: Vec<String>,
    /// What `{streams}` stands for.
    #[serde(default)]
    pub streams: Streams,
    /// The words that do something: `foreground` runs a program at the caller's terminal, and is always there.
    pub verbs: BTreeMap<String, Vec<String>>,
    /// Lines of a shell before a program is launched.
    #[serde(default)]
    pub before: Vec<String>,
    /// Lines of a shell when its case is over, whatever came of it.
    #[serde(default)]
    pub after: Vec<String>,
    /// What a program gets there.
    #[serde(default)]
    pub offers: Offers,
}

/// What root directory a program gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Root {
    /// That of its container.
    #[default]
    Own,
    /// That of the machine.
    Machine,
}

/// What `{streams}` stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Streams {
    /// Where the program is to have a terminal.
    pub terminal: Vec<String>,
    /// Where its standard streams are to be the caller's.
    pub pipes: Vec<String>,
}

impl Streams {
    /// The words for a program with a terminal, or without.
    pub fn of(&self, terminal: bool) -> &[String] {
        if terminal { &self.terminal } else { &self.pipes }
    }
}

/// What a program gets from a launcher of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Offers {
    /// A terminal of its own, between which and the caller's the launcher relays.
    pub relay: bool,
    /// Attendance as container runtimes and engines give it: signals that are passed on, the caller's streams apart from its own.
    pub attended: bool,
    /// Its exit status as that of the launcher.
    pub exit_status: bool,
    /// A session whose controlling terminal is the program's.
    pub session: bool,
    /// An instance of devpts of its own.
    pub devpts: bool,
    /// The caller's streams, where it asks for no terminal.
    pub pipes: bool,
    /// What is typed at the caller's terminal.
    pub input: bool,
    /// The caller's terminal for what it writes.
    pub output: bool,
    /// A caller who came later and can leave again, by ^P and ^Q.
    pub detach_keys: bool,
    /// Its end, or that of its terminal, where its caller goes away.
    pub end: bool,
}

impl Default for Offers {
    fn default() -> Self {
        Self {
            relay: true,
            attended: false,
            exit_status: true,
            session: true,
            devpts: true,
            pipes: true,
            input: true,
            output: true,
            detach_keys: true,
            end: true,
        }
    }
}

/// Why something is no launcher.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum LauncherError {
    /// There is none of that name.
    #[error("no target is called {name}; there are {known}, or give the path of a .toml file")]
    Unknown { name: String, known: String },
    /// The file cannot be read, or is no profile.
    #[error(transparent)]
    Profile(#[from] DataError),
    /// It is not installed.
    #[error(
        "there is no {program} in PATH, which target {name} calls: install it, or give its path: --target {name}=PATH"
    )]
    NotInstalled { name: String, program: String },
    /// Its file cannot be one.
    #[error("{0}")]
    Binary(#[from] BinaryError),
    /// It cannot be started, or does not come to an end when asked for its version.
    #[error("{}: asked for its version, but {problem}; is it the program of target {name}?", path.display())]
    Version { name: String, path: PathBuf, problem: String },
}

/// The files of `launchers/`: their names and texts.
const BUILT_IN: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/launchers.rs"));

/// The verbs that cases know.
const VERBS: [&str; 8] = ["foreground", "detached", "attach", "exec", "logs", "stop", "wait", "remove"];

impl LauncherProfile {
    /// The names of those that come along.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(file, _)| file.trim_end_matches(".toml"))
    }

    /// A built-in one by its name, or the file at a path that ends in `.toml`.
    pub fn load(name: &str) -> Result<Self, LauncherError> {
        if let Some((file, text)) = BUILT_IN.iter().find(|(file, _)| file.strip_suffix(".toml") == Some(name)) {
            return Ok(Self::parse(file, text)?);
        }
        let path = Path::new(name);
        if path.extension().is_some_and(|extension| extension == "toml") {
            return Ok(Self::parse(name, &data::read(path)?)?);
        }
        let known: Vec<_> = Self::names().collect();
        Err(LauncherError::Unknown { name: name.to_owned(), known: known.join(", ") })
    }

    /// The words of a verb.
    pub fn verb(&self, name: &str) -> Option<&[String]> {
        self.verbs.get(name).map(Vec::as_slice)
    }

    /// Its program, at `path` or in `PATH`.
    pub fn binary(&self, path: Option<&Path>) -> Result<Binary, LauncherError> {
        if let Some(path) = path {
            return Ok(Binary::at(path)?);
        }
        let directories = env::var_os("PATH").unwrap_or_default();
        let found =
            env::split_paths(&directories).map(|directory| directory.join(&self.program)).find(|file| file.is_file());
        let missing = || LauncherError::NotInstalled { name: self.name.clone(), program: self.program.clone() };
        Ok(Binary::at(&found.ok_or_else(missing)?)?)
    }

    fn parse(origin: &str, text: &str) -> Result<Self, DataError> {
        let profile: Self = data::parse(origin, text)?;
        let wrong = |at: &str, why: String| Err(DataError::at(origin, text, text.find(at).unwrap_or_default(), why));
        if profile.name == Target::KERNEL {
            return wrong(
                "name",
                "name: \"kernel\" is the name in reports about kernels; choose another one".to_owned(),
            );
        }
        if !profile.verbs.contains_key("foreground") {
            return wrong(
                "[verbs]",
                "verbs: there is no foreground, which runs a program at the caller's terminal".to_owned(),
            );
        }
        if let Some(verb) = profile.verbs.keys().find(|verb| !VERBS.contains(&verb.as_str())) {
            return wrong(verb, format!("verbs: no case knows {verb}; there are {}", VERBS.join(", ")));
        }
        let words = profile.verbs.values().chain([&profile.global]).flatten();
        let lines = profile.before.iter().chain(&profile.after);
        let gap = words.map(|word| (word, &[][..])).chain(lines.map(|line| (line, &["{call}"][..])));
        let unknown = gap.into_iter().find_map(|(word, further)| template::unknown_gap(word, further));
        match unknown {
            Some(gap) => wrong(
                &gap,
                format!(
                    "nothing is put for {gap}; there are {{id}}, {{name}}, {{rootfs}}, {{control}}, {{state}}, {{line}}, as words \
                     of their own {{program}} and {{streams}}, and in lines {{call}}"
                ),
            ),
            None => Ok(profile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_launchers_is_one_and_bears_its_name() {
        for name in LauncherProfile::names() {
            assert_eq!(LauncherProfile::load(name).expect("well-formed").name, name);
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place_and_what_there_is() {
        let said = |text: &str| LauncherProfile::parse("mine.toml", text).expect_err("a mistake").to_string();
        let error = said("name = 'x'\nprogram = 'x'\n[verbs]\nforegroud = []\n");
        assert!(error.starts_with("mine.toml:3:1: verbs: there is no foreground"), "{error}");
        let error = said("name = 'x'\nprogram = 'x'\n[verbs]\nforeground = []\nrun = []\n");
        assert!(error.starts_with("mine.toml:5:1: verbs: no case knows run; there are foreground, "), "{error}");
        let error = said("name = 'x'\nprogram = 'x'\n[verbs]\nforeground = ['{porgram}']\n");
        assert!(error.starts_with("mine.toml:4:16: nothing is put for {porgram}; there are {id}, "), "{error}");
        let error = said("name = 'kernel'\nprogram = 'x'\n[verbs]\nforeground = []\n");
        assert!(error.starts_with("mine.toml:1:1: name: \"kernel\" is the name in reports about kernels"), "{error}");
    }

    #[test]
    fn what_is_not_installed_is_named_with_the_remedy() {
        let text = "name = 'x'\nprogram = 'no-such-program'\n[verbs]\nforeground = []\n";
        let profile = LauncherProfile::parse("x.toml", text).expect("well-formed");
        let error = profile.binary(None).expect_err("it is nowhere").to_string();
        assert_eq!(
            error,
            "there is no no-such-program in PATH, which target x calls: install it, or give its path: --target x=PATH"
        );
    }
}
