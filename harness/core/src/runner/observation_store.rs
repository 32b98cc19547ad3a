//! Looks at standard containers, made once for a run and shared by its workers.

use crate::{case::Stop, target::Target};
use nix::fcntl::{Flock, FlockArg};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{fs::File, io::Read};

/// Looks at standard containers, by name, in a directory that all workers of a run share.
#[derive(Clone, Debug)]
pub struct ObservationStore {
    directory: PathBuf,
}

impl ObservationStore {
    /// Keeps looks at one target in a directory of its own below `directory`.
    pub fn at(directory: &Path, target: &dyn Target) -> Self {
        // Another way of calling it is another target.
        let key = Sha256::digest(serde_json::to_vec(target).unwrap_or_default());
        Self { directory: directory.join(hex::encode(key)) }
    }

    /// The look of that name; the first who asks makes it, failures included, and the others wait for it.
    pub fn get<O: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        look: impl FnOnce() -> Result<O, Stop>,
    ) -> Result<O, Stop> {
        let broken = |what: &str, error: &dyn std::fmt::Display| {
            Stop::Error(format!("{what} the shared observation {name}: {error}"))
        };
        std::fs::create_dir_all(&self.directory).map_err(|error| broken("making a directory for", &error))?;
        let path = self.directory.join(format!("{name}.json"));
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| broken("opening", &error))?;
        let mut file = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| broken("locking", &errno))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| broken("reading", &error))?;
        if !text.is_empty() {
            return serde_json::from_str(&text).map_err(|error| broken("parsing", &error))?;
        }
        let seen = look();
        // A broken harness or a hang is not a fact about the target that others should inherit.
        if matches!(seen, Ok(_) | Err(Stop::Fail(_))) {
            serde_json::to_writer(&*file, &seen).map_err(|error| broken("writing", &error))?;
        }
        seen
    }
}
