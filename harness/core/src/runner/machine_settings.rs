//! Settings of the whole machine that a case or a runtime may change, and its device nodes. proc_sys(5)

use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

/// Where they lie.
const BASE: &str = "/";

/// Those that are looked at. The first two go together: the reserve may not be more than the limit.
const SETTINGS: [&str; 4] = [
    "proc/sys/kernel/pty/max",
    "proc/sys/kernel/pty/reserve",
    "proc/sys/dev/tty/legacy_tiocsti",
    "proc/sys/dev/tty/ldisc_autoload",
];

/// Device nodes whose mode and owner are looked at. Workers have a `/dev` of their own, but who mounts a devtmpfs has the
/// machine's nodes.
const NODES: [&str; 8] =
    ["dev/null", "dev/zero", "dev/full", "dev/random", "dev/urandom", "dev/tty", "dev/ptmx", "dev/console"];

/// Where they are written down while a case may change them, so that the next run finds them should this one be killed.
/// The directory is emptied when the machine starts anew, as the settings are, and it is the one in which runs wait for their
/// turn: who has a `/run` of its own, but these settings, would take for the machine's what the killed run has made of them.
const RECORD: &str = "/dev/ptyproof-settings";

/// What the settings were before a case.
pub struct MachineSettings {
    base: PathBuf,
    before: Vec<(&'static str, String)>,
    record: Option<(PathBuf, Flock<File>)>,
}

impl MachineSettings {
    /// Looks at those that this kernel has. To be called by who has a turn.
    pub fn look() -> io::Result<Self> {
        // A run may have been killed since this one began. One that lives holds its record only in a turn of its own.
        Self::recover_from(Path::new(RECORD), Path::new(BASE), FlockArg::LockExclusive)?;
        Self::below(Path::new(BASE))
    }

    /// Looks at them, and writes them down: no namespace takes a change along when its process is killed.
    pub fn keep() -> io::Result<Self> {
        let mut settings = Self::look()?;
        if nix::unistd::geteuid().is_root() && Path::new(RECORD).parent().is_some_and(Path::is_dir) {
            settings.write_down(Path::new(RECORD))?;
        }
        Ok(settings)
    }

    /// Puts back what a run that was killed has left, and tells it.
    pub fn recover() -> io::Result<Vec<String>> {
        Self::recover_from(Path::new(RECORD), Path::new(BASE), FlockArg::LockExclusiveNonblock)
    }

    fn below(base: &Path) -> io::Result<Self> {
        let mut before = Vec::new();
        for name in SETTINGS.into_iter().chain(NODES) {
            match read(base, name) {
                Ok(value) => before.push((name, value)),
                // This kernel has no such setting, or this machine no such node.
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

    fn recover_from(path: &Path, base: &Path, lock: FlockArg) -> io::Result<Vec<String>> {
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
        let Ok(file) = Flock::lock(file, lock) else {
            // Its run lives, and puts them back itself.
            return Ok(Vec::new());
        };
        let known = |name: &str| SETTINGS.into_iter().chain(NODES).find(|known| *known == name);
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        let before = lines.filter_map(|(name, value)| Some((known(name)?, value.to_owned()))).collect();
        Ok(Self { base: base.to_owned(), before, record: Some((path.to_owned(), file)) }.restore())
    }

    /// Puts them back, and tells which were not as before.
    pub fn restore(self) -> Vec<String> {
        let mut told = Vec::new();
        for (name, before) in &self.before {
            let path = self.base.join(name);
            let outcome = match read(&self.base, name) {
                Ok(after) if after == *before => continue,
                Ok(after) => match write(&path, before) {
                    Ok(()) => format!("became {after}: put back"),
                    Err(error) => format!("became {after}, and cannot be put back: {error}"),
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

/// The value of a setting; mode, user and group of a node.
fn read(base: &Path, name: &str) -> io::Result<String> {
    let path = base.join(name);
    if !NODES.contains(&name) {
        return Ok(fs::read_to_string(path)?.trim_end().to_owned());
    }
    let node = fs::symlink_metadata(path)?;
    Ok(format!("{:04o} {}:{}", node.mode() & 0o7777, node.uid(), node.gid()))
}

fn write(path: &Path, value: &str) -> io::Result<()> {
    let Some((mode, owner)) = value.split_once(' ') else {
        return fs::write(path, value);
    };
    let unknown = || io::Error::other(format!("not a mode, a user and a group: {}", value.escape_debug()));
    let (user, group) = owner.split_once(':').ok_or_else(unknown)?;
    let mode = u32::from_str_radix(mode, 8).map_err(|_| unknown())?;
    let id = |text: &str| text.parse().map(Some).map_err(|_| unknown());
    // A new owner takes the set-id bits away.
    lchown(path, id(user)?, id(group)?)?;
    fs::set_permissions(path, Permissions::from_mode(mode))
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
    fn a_node_gets_its_mode_and_owner_back() {
        let (base, _) = settings();
        let node = base.path().join("dev/null");
        fs::create_dir_all(base.path().join("dev")).expect("a directory");
        fs::write(&node, "").expect("a file");
        let change = |mode| fs::set_permissions(&node, Permissions::from_mode(mode)).expect("it is ours");
        change(0o666);
        let owner = fs::metadata(&node).map(|node| format!("{}:{}", node.uid(), node.gid())).expect("it is there");
        let before = MachineSettings::below(base.path()).expect("they are there");
        change(0o600);
        let told = format!("{} was 0666 {owner} and became 0600 {owner}: put back", node.display());
        assert_eq!(before.restore(), [told]);
        assert_eq!(fs::metadata(&node).expect("it is there").mode() & 0o7777, 0o666);
    }

    #[test]
    fn what_a_killed_run_has_changed_the_next_one_puts_back() {
        let (base, changed) = settings();
        let record = base.path().join("record");
        let mut killed = MachineSettings::below(base.path()).expect("they are there");
        killed.write_down(&record).expect("a record");
        fs::write(&changed, "0\n").expect("a file");
        let recover = || {
            MachineSettings::recover_from(&record, base.path(), FlockArg::LockExclusiveNonblock)
                .expect("it can be read")
        };
        assert_eq!(recover(), [""; 0], "its run lives");
        // The kernel closes what a killed process has open; nothing else of it happens.
        drop(killed.record.take().map(|(_, lock)| lock));
        assert_eq!(recover(), [format!("{} was 4096 and became 0: put back", changed.display())]);
        assert!(!record.exists());
        assert_eq!(recover(), [""; 0]);
    }
}
