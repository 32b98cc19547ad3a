//! The state directories, one per container, under `--root`.

use super::{ContainerError, ContainerId, Record, Status, gate, liveness::Named};
use crate::{cgroup::Cgroup, cgroup::Freezer, config::Config, syscall::process::PidFd};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const RECORD: &str = "state.json";
const CONFIG: &str = "config.json";
const CGROUP_NOTES: &str = "cgroup.json";
const PROCESS_NOTES: &str = "process.json";

/// The directory that all containers of one `--root` live in.
#[derive(Clone, Debug)]
pub struct Store(PathBuf);

impl Store {
    /// The store at `root`, which need not exist yet.
    pub fn at(root: PathBuf) -> Store {
        Store(root)
    }

    /// Where the store is without `--root`: `$XDG_RUNTIME_DIR/ptyrun` for an ordinary user who has one, else
    /// `/run/ptyrun`.
    pub fn default_root() -> PathBuf {
        match std::env::var_os("XDG_RUNTIME_DIR") {
            Some(own) if !nix::unistd::geteuid().is_root() && !own.is_empty() => Path::new(&own).join("ptyrun"),
            _ => PathBuf::from("/run/ptyrun"),
        }
    }

    /// Reserves `id`: its directory is made, and removed again when the slot is dropped before [`Slot::keep`].
    pub fn reserve(&self, id: &ContainerId) -> Result<Slot, ContainerError> {
        let path = self.0.join(id.as_str());
        let make = |recursive| DirBuilder::new().mode(0o700).recursive(recursive).create(&path);
        let made = match make(false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                DirBuilder::new().mode(0o700).recursive(true).create(&self.0).and_then(|()| make(false))
            }
            made => made,
        };
        match made {
            Ok(()) => Ok(Slot { path, kept: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(ContainerError::Exists(id.to_string())),
            Err(error) => Err(ContainerError::file("creating the state directory", path)(error)),
        }
    }

    /// The container called `id`.
    pub fn open(&self, id: &ContainerId) -> Result<Entry, ContainerError> {
        let path = self.0.join(id.as_str());
        let file = path.join(RECORD);
        let text = match fs::read(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ContainerError::Absent(id.to_string()));
            }
            text => text.map_err(ContainerError::file("reading", &file))?,
        };
        let record =
            serde_json::from_slice(&text).map_err(|error| ContainerError::file("reading", &file)(error.into()))?;
        Ok(Entry { path, record })
    }

    /// What is left of a container without a record that can be read: who made or removed it was killed amid that.
    pub fn remains(&self, id: &ContainerId) -> Remains {
        Remains(self.0.join(id.as_str()))
    }

    /// Every container, by name, or why nothing can be said of it. One that vanishes while we look is left out.
    pub fn list(&self) -> Result<Vec<Result<Entry, ContainerError>>, ContainerError> {
        let directory = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            directory => directory.map_err(ContainerError::file("listing", &self.0))?,
        };
        let names = directory.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut ids: Vec<ContainerId> = names.filter_map(|name| name.parse().ok()).collect();
        ids.sort();
        let entries = ids.iter().map(|id| self.open(id));
        Ok(entries.filter(|entry| !matches!(entry, Err(ContainerError::Absent(_)))).collect())
    }
}

/// The directory of a container in the making.
#[derive(Debug)]
pub struct Slot {
    path: PathBuf,
    kept: bool,
}

impl Slot {
    /// Its directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file that says which cgroup is being made, while there is no record that does.
    pub fn cgroup_notes(&self) -> PathBuf {
        self.path.join(CGROUP_NOTES)
    }

    /// Remembers the config as it was read: what happens to the bundle's afterwards has no effect.
    pub fn write_config(&self, text: &str) -> Result<(), ContainerError> {
        let path = self.path.join(CONFIG);
        write_new(&path, text.as_bytes()).map_err(ContainerError::file("writing", path))
    }

    /// Makes the container known, all at once: the record appears by rename. Its process is noted beside it, for whoever has
    /// to remove a container whose record is damaged.
    pub fn write_record(&self, record: &Record) -> Result<(), ContainerError> {
        let path = self.path.join(PROCESS_NOTES);
        let text =
            serde_json::to_vec(&record.init).map_err(|error| ContainerError::file("writing", &path)(error.into()))?;
        write_new(&path, &text).map_err(ContainerError::file("writing", path))?;
        let path = self.path.join(RECORD);
        let text = serde_json::to_vec(record).map_err(|error| ContainerError::file("writing", &path)(error.into()))?;
        write_atomically(&path, &text).map_err(ContainerError::file("writing", path))
    }

    /// Removes the directory at the end of a life without failure.
    pub fn remove(mut self) {
        self.kept = true;
        // All that is usually there: looking what is there takes twice as long.
        for name in [RECORD, PROCESS_NOTES, CONFIG, CGROUP_NOTES] {
            let _ = fs::remove_file(self.path.join(name));
        }
        if fs::remove_dir(&self.path).is_err() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }

    /// From here on the directory stays.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// The directory of a container that nothing is known of but what was noted before it was done.
#[derive(Debug)]
pub struct Remains(PathBuf);

impl Remains {
    /// Its first process, held, if that was noted and lives.
    pub fn process(&self) -> Option<PidFd> {
        let text = fs::read(self.0.join(PROCESS_NOTES)).ok()?;
        serde_json::from_slice::<Named>(&text).ok()?.hold()
    }

    /// The cgroup that was about to be made.
    pub fn cgroup(&self) -> Cgroup {
        Cgroup::noted(&self.0.join(CGROUP_NOTES))
    }

    /// Removes the directory.
    pub fn remove(self) -> Result<(), ContainerError> {
        remove_directory(self.0)
    }
}

/// A known container.
#[derive(Debug)]
pub struct Entry {
    path: PathBuf,
    /// What was recorded.
    pub record: Record,
}

impl Entry {
    /// Its directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The config it was created with.
    pub fn config(&self) -> Result<Config, ContainerError> {
        let path = self.path.join(CONFIG);
        let text = fs::read_to_string(&path).map_err(ContainerError::file("reading", &path))?;
        Ok(Config::from_text(&path, &text, &self.record.bundle)?)
    }

    /// How it is right now.
    pub fn status(&self) -> Status {
        match self.record.init.hold() {
            None => Status::Stopped,
            Some(_) if gate::is_closed(&self.path) => Status::Created,
            Some(_) if Freezer::of(&self.record.cgroup).is_frozen() => Status::Paused,
            Some(_) => Status::Running,
        }
    }

    /// Forgets it.
    pub fn remove(self) -> Result<(), ContainerError> {
        remove_directory(self.path)
    }
}

fn remove_directory(path: PathBuf) -> Result<(), ContainerError> {
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ContainerError::file("removing", path)(error)),
        _ => Ok(()),
    }
}

/// Writes `text` to `path` so that a reader finds either nothing or all of it.
pub fn write_atomically(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    let written = write_new(&draft, text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(text)
}
