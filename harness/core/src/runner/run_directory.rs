//! Where a run keeps its files, and the removal of what a killed run left.

use crate::cgroup;
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Why a run has no place for its files.
#[derive(Debug, thiserror::Error)]
#[error("{what} {}: {error}", path.display())]
pub struct RunDirectoryError {
    what: &'static str,
    path: PathBuf,
    error: io::Error,
}

/// A directory that is removed with the run. Workers mount their own filesystem inside, each in a mount
/// namespace of its own, so nothing is ever mounted here for others to see.
#[derive(Debug)]
pub struct RunDirectory {
    directory: TempDir,
    _lock: Flock<File>,
}

/// Runs of all users have directories with this prefix.
const PREFIX: &str = "ptyproof-";

/// What stands in the lock file from when on it is held.
const HELD: &[u8] = b"held as long as the run lasts\n";

/// A run that did not get so far in this time was killed.
const MAKING: Duration = Duration::from_secs(60);

/// Socket paths are limited to 107 bytes, and workers need some 40 of them.
const LONGEST_BASE: usize = 60;

impl RunDirectory {
    /// Makes one, and removes those of runs that were killed.
    pub fn create() -> Result<Self, RunDirectoryError> {
        let mut base = std::env::temp_dir();
        if base.as_os_str().len() > LONGEST_BASE {
            base = PathBuf::from("/tmp");
        }
        sweep(&base);
        let fail = |what, path: &Path| {
            let path = path.to_owned();
            move |error| RunDirectoryError { what, path, error }
        };
        let directory =
            tempfile::Builder::new().prefix(PREFIX).tempdir_in(&base).map_err(fail("making a directory in", &base))?;
        let path = directory.path();
        // Whatever the caller's umask is.
        fs::set_permissions(path, Permissions::from_mode(0o755)).map_err(fail("opening", path))?;
        let lock_file = path.join("lock");
        let lock = File::create(&lock_file).map_err(fail("making", &lock_file))?;
        // Another run may hold it for the moment that it takes to see that it is not `HELD` yet.
        let mut lock = Flock::lock(lock, FlockArg::LockExclusive)
            .map_err(|(_, errno)| fail("locking", &lock_file)(errno.into()))?;
        lock.write_all(HELD).map_err(fail("writing", &lock_file))?;
        for name in ["w", "observations"] {
            let place = path.join(name);
            fs::create_dir(&place)
                .and_then(|()| fs::set_permissions(&place, Permissions::from_mode(0o755)))
                .map_err(fail("making", &place))?;
        }
        Ok(Self { directory, _lock: lock })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A name that no other run has, for cgroups.
    pub fn name(&self) -> &str {
        name_of(self.path())
    }

    /// Puts a program there.
    pub fn executable(&self, name: &str, content: &[u8]) -> Result<PathBuf, RunDirectoryError> {
        let path = self.path().join(name);
        fs::write(&path, content)
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o755)))
            .map_err(|error| RunDirectoryError { what: "writing", path: path.clone(), error })?;
        Ok(path)
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        if let Err(error) = cgroup::remove_all(self.name()) {
            eprintln!("ptyproof: removing the run's cgroups: {error}");
        }
    }
}

/// Whether the run that made this lock file did not come to hold it yet.
fn is_being_made(lock: &File) -> bool {
    let Ok(metadata) = lock.metadata() else {
        return true;
    };
    let age = metadata.modified().ok().and_then(|made| made.elapsed().ok());
    metadata.len() == 0 && age.is_none_or(|age| age < MAKING)
}

/// The name of the run whose directory is `path`.
pub(super) fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("ptyproof-unnamed")
}

/// Removes the directories and cgroups of runs that nobody holds any more. What belongs to somebody else
/// stays, and so does what cannot be removed: the next run tries again.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        // Anybody may have made it: a fifo must not hold us up, nor a link lead elsewhere.
        let lock = File::options()
            .read(true)
            .custom_flags(nix::libc::O_NONBLOCK | nix::libc::O_NOFOLLOW)
            .open(path.join("lock"));
        let Ok(lock) = lock else {
            continue;
        };
        if let Ok(held) = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
            && !is_being_made(&held)
        {
            // The directory is what tells of the cgroups, so it goes last.
            if cgroup::remove_all(name_of(&path)).is_ok_and(|left| left.is_empty()) {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }
}
