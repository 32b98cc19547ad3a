//! Settings of the whole machine that a case may change while it is alone. proc_sys(5)

use std::fs;
use std::path::{Path, PathBuf};

/// Where they lie.
const BASE: &str = "/proc/sys";

/// Those that cases change.
const SETTINGS: [&str; 4] =
    ["kernel/pty/max", "kernel/pty/reserve", "dev/tty/legacy_tiocsti", "dev/tty/ldisc_autoload"];

/// What the settings were before a case.
///
/// A case puts back what it has changed; but its process may be killed before it could, and no namespace ends with it
/// that would take the change along.
pub struct MachineSettings(Vec<(PathBuf, String)>);

impl MachineSettings {
    /// Looks at those that this kernel has.
    pub fn remember() -> Self {
        Self::below(Path::new(BASE))
    }

    fn below(base: &Path) -> Self {
        let paths = SETTINGS.iter().map(|name| base.join(name));
        let seen = paths.filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?)));
        Self(seen.collect())
    }

    /// Puts them back, and tells which were not as before.
    pub fn restore(self) -> Vec<String> {
        let changed = self.0.into_iter().filter_map(|(path, before)| {
            let after = fs::read_to_string(&path).ok()?;
            (after != before).then_some((path, before, after))
        });
        changed
            .map(|(path, before, after)| {
                let outcome = match fs::write(&path, &before) {
                    Ok(()) => "put back".to_owned(),
                    Err(error) => error.to_string(),
                };
                let (path, before, after) = (path.display(), before.trim_end(), after.trim_end());
                format!("{path} was {before} and became {after}: {outcome}")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_put_back_and_told() {
        let base = tempfile::tempdir().expect("a directory");
        for name in &SETTINGS[..2] {
            let path = base.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, "4096\n").expect("a file");
        }
        let changed = base.path().join(SETTINGS[1]);
        let settings = MachineSettings::below(base.path());
        fs::write(&changed, "7\n").expect("a file");
        let told = format!("{} was 4096 and became 7: put back", changed.display());
        assert_eq!(settings.restore(), [told]);
        assert_eq!(fs::read_to_string(changed).expect("a file"), "4096\n");
        assert_eq!(MachineSettings::below(base.path()).restore(), [""; 0]);
    }
}
