//! Settings of the whole machine that a case or a runtime may change. proc_sys(5)

use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where they lie.
const BASE: &str = "/proc/sys";

/// Those that are looked at. The first two go together: the reserve may not be more than the limit.
const SETTINGS: [&str; 4] =
    ["kernel/pty/max", "kernel/pty/reserve", "dev/tty/legacy_tiocsti", "dev/tty/ldisc_autoload"];

/// Where they are written down while a case may change them, so that the next run finds them should this one be killed.
/// The directory is emptied when the machine starts anew, as the settings are.
const RECORD: &str = "/run/ptyproof-settings";

/// What the settings were before a case.
pub struct MachineSettings {
    base: PathBuf,
    before: Vec<(&'static str, String)>,
    record: Option<(PathBuf, Flock<File>)>,
}

impl MachineSettings {
    /// Looks at those that this kernel has.
    pub fn look() -> io::Result<Self> {
        Self::below(Path::new(BASE))
    }

    /// Looks at them, and writes them down: no namespace takes a change along when its process is killed.
    pub fn keep() -> io::Result<Self> {
        // A run may have been killed since this one began.
        Self::recover()?;
        let mut settings = Self::look()?;
        if nix::unistd::geteuid().is_root() && Path::new(RECORD).parent().is_some_and(Path::is_dir) {
            settings.write_down(Path::new(RECORD))?;
        }
        Ok(settings)
    }

    /// Puts back what a run that was killed has left, and tells it.
    pub fn recover() -> io::Result<Vec<String>> {
        Self::recover_from(Path::new(RECORD), Path::new(BASE))
    }

    fn below(base: &Path) -> io::Result<Self> {
        let mut before = Vec::new();
        for name in SETTINGS {
            match fs::read_to_string(base.join(name)) {
                Ok(value) => before.push((name, value.trim_end().to_owned())),
                // This kernel has no such setting.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io::Error::other(format!("{name}: {error}"))),
            }
        }
        Ok(Self { base: base.to_owned(), before, record: None })
    }

    fn write_down(&mut self, path: &Path) -> io::Result<()> {
        let file = open(path, true)?;
        let mut file = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| errno)?;
        let lines: String = self.before.iter().map(|(name, value)| format!("{name} {value}\n")).collect();
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        self.record = Some((path.to_owned(), file));
        Ok(())
    }

    fn recover_from(path: &Path, base: &Path) -> io::Result<Vec<String>> {
        let mut file = match open(path, false) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
                return Ok(Vec::new());
            }
            file => file?,
        };
        // Only root's word is taken for what a setting was.
        if file.metadata()?.uid() != nix::unistd::geteuid().as_raw() {
            return Ok(Vec::new());
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        if text.is_empty() {
            // It is being written, by a run that has changed nothing yet.
            return Ok(Vec::new());
        }
        let Ok(file) = Flock::lock(file, FlockArg::LockExclusiveNonblock) else {
            // Its run lives, and puts them back itself.
            return Ok(Vec::new());
        };
        let known = |name: &str| SETTINGS.into_iter().find(|known| *known == name);
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        let before = lines.filter_map(|(name, value)| Some((known(name)?, value.to_owned()))).collect();
        Ok(Self { base: base.to_owned(), before, record: Some((path.to_owned(), file)) }.restore())
    }

    /// Puts them back, and tells which were not as before.
    pub fn restore(self) -> Vec<String> {
        let mut told = Vec::new();
        for (name, before) in &self.before {
            let path = self.base.join(name);
            let outcome = match fs::read_to_string(&path) {
                Ok(after) if after.trim_end() == before => continue,
                Ok(after) => match fs::write(&path, before) {
                    Ok(()) => format!("became {}: put back", after.trim_end()),
                    Err(error) => format!("became {}, and cannot be put back: {error}", after.trim_end()),
                },
                Err(error) => format!("cannot be read any more: {error}"),
            };
            told.push(format!("{} was {before} and {outcome}", path.display()));
        }
        if let Some((path, _lock)) = &self.record {
            // While it is locked: the next record is another file.
            let _ = fs::remove_file(path);
        }
        told
    }
}

/// Nobody's link is followed, and nobody's pipe waited for.
fn open(path: &Path, anew: bool) -> io::Result<File> {
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    File::options().read(true).write(true).create(anew).truncate(anew).mode(0o600).custom_flags(flags).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of settings that are all 4096, but for those that the kernel lacks.
    fn settings() -> (tempfile::TempDir, PathBuf) {
        let base = tempfile::tempdir().expect("a directory");
        for name in &SETTINGS[..2] {
            let path = base.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, "4096\n").expect("a file");
        }
        let changed = base.path().join(SETTINGS[1]);
        (base, changed)
    }

    #[test]
    fn what_was_changed_is_put_back_and_told() {
        let (base, changed) = settings();
        let before = MachineSettings::below(base.path()).expect("they are there");
        fs::write(&changed, "7\n").expect("a file");
        assert_eq!(before.restore(), [format!("{} was 4096 and became 7: put back", changed.display())]);
        assert_eq!(fs::read_to_string(changed).expect("a file"), "4096");
        assert_eq!(MachineSettings::below(base.path()).expect("they are there").restore(), [""; 0]);
    }

    #[test]
    fn what_a_killed_run_has_changed_the_next_one_puts_back() {
        let (base, changed) = settings();
        let record = base.path().join("record");
        let mut killed = MachineSettings::below(base.path()).expect("they are there");
        killed.write_down(&record).expect("a record");
        fs::write(&changed, "0\n").expect("a file");
        let recover = || MachineSettings::recover_from(&record, base.path()).expect("it can be read");
        assert_eq!(recover(), [""; 0], "its run lives");
        // The kernel closes what a killed process has open; nothing else of it happens.
        drop(killed.record.take().map(|(_, lock)| lock));
        assert_eq!(recover(), [format!("{} was 4096 and became 0: put back", changed.display())]);
        assert!(!record.exists());
        assert_eq!(recover(), [""; 0]);
    }
}
