//! An OCI runtime, by its command line.

use super::command::{CommandError, Running};
use super::profile::{Profile, ProfileError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Why a path is no runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// Nothing is there, or it cannot be looked at.
    #[error("{}: {error}", path.display())]
    Unreachable {
        /// The path.
        path: PathBuf,
        /// What the kernel said.
        error: std::io::Error,
    },
    /// It is a directory or a device.
    #[error("{}: not a file; give the path of the runtime's binary", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// It has no execute permission.
    #[error("{}: not executable; chmod +x it, or give another path", path.display())]
    NotExecutable {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be started, or does not come to an end when asked for its version.
    #[error("{}: asked for its version, but {problem}; is it an OCI runtime?", path.display())]
    Version {
        /// The path.
        path: PathBuf,
        /// What went wrong.
        problem: String,
    },
    /// The profile asked for cannot be used.
    #[error("{0}")]
    Profile(#[from] ProfileError),
}

/// A file that may be a runtime: it is there and can be executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binary {
    /// Its path, absolute and without symbolic links.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Binary {
    /// Looks at the file at `path`, and starts nothing.
    pub fn at(path: &Path) -> Result<Self, RuntimeError> {
        let unreachable = |error| RuntimeError::Unreachable { path: path.to_owned(), error };
        let path = path.canonicalize().map_err(unreachable)?;
        let metadata = path.metadata().map_err(unreachable)?;
        if !metadata.is_file() {
            return Err(RuntimeError::NotAFile { path });
        }
        if metadata.permissions().mode() & 0o111 == 0 {
            return Err(RuntimeError::NotExecutable { path });
        }
        let sha256 = hash(&path).map_err(unreachable)?;
        Ok(Self { path, sha256 })
    }

    /// What it prints when asked for its version, without control characters. Empty where it prints nothing.
    ///
    /// To be called by a worker: nobody knows yet what it starts. `state` is where it may keep files; some make a
    /// directory for their state even to tell their version.
    pub(crate) fn version(&self, state: &Path, patience: Duration) -> Result<String, CommandError> {
        let mut command = Command::new(&self.path);
        command
            .arg("--version")
            .env_clear()
            .env("PATH", SEARCH_PATH)
            .env("XDG_RUNTIME_DIR", state)
            .stdin(Stdio::null());
        let finished = Running::start(command)?.finish(patience)?;
        let version: String = String::from_utf8_lossy(&finished.stdout.bytes)
            .chars()
            .filter(|&c| !c.is_control() || c == '\n')
            .take(1000)
            .collect();
        Ok(version.trim_end().to_owned())
    }
}

/// An OCI runtime under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// Its binary.
    pub path: PathBuf,
    /// SHA-256 of the binary, in hexadecimal.
    pub sha256: String,
    /// What `--version` printed, without control characters.
    pub version: String,
    /// How to call it.
    pub profile: Profile,
    /// Further arguments before the verb.
    pub arguments: Vec<String>,
}

/// Where a runtime finds programs such as newuidmap.
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl Runtime {
    /// A runtime that says it is `version`; without `profile`, that tells its profile.
    pub(crate) fn new(binary: Binary, version: String, profile: Option<Profile>) -> Result<Self, RuntimeError> {
        let profile = match profile {
            Some(profile) => profile,
            None => Profile::recognise(&version)?,
        };
        Ok(Self { path: binary.path, sha256: binary.sha256, version, profile, arguments: Vec::new() })
    }

    /// A command line up to and with the verb. `state` is the directory where the runtime keeps its state.
    /// The environment is empty but for what every runtime needs, so that no case depends on the caller's.
    pub fn command(&self, state: &Path, verb: &str) -> Command {
        let mut command = Command::new(&self.path);
        command
            .env_clear()
            .env("PATH", SEARCH_PATH)
            .env("XDG_RUNTIME_DIR", state)
            .stdin(Stdio::null())
            .args(&self.profile.global)
            .args(&self.arguments)
            .arg("--root")
            .arg(state)
            .arg(verb);
        command
    }
}

fn hash(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
