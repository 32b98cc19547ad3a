//! The mounts of this process's own mount namespace, and what has become of them.
//!
//! Nothing that happens elsewhere on the machine mounts anything here: propagation from there is cut when a worker
//! begins. But when somebody there removes a directory, what was mounted on its copy here goes, too, mount_namespaces(7).
//! So what has vanished or changed counts where nobody else has any business; what is new counts everywhere.

use ptyproof_probe::Mount;
use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, io};

/// Where only this run mounts anything, beside its scratch directory.
const OWN: [&str; 3] = ["/dev", "/proc", "/sys/fs/cgroup"];

/// Where the kernel tells of them. proc_pid_mountinfo(5)
const MOUNTS: &str = "/proc/self/mountinfo";

/// The mounts of this process's own mount namespace at one moment, as the kernel tells of them: before and after nearly every
/// case it tells the same, and then there is nothing to be read.
#[derive(Clone, Debug)]
pub struct MountTable {
    scratch: PathBuf,
    told: String,
}

impl MountTable {
    /// Looks at them. `scratch` is the directory in which containers are made.
    pub fn look(scratch: &Path) -> io::Result<Self> {
        Ok(Self { scratch: scratch.to_owned(), told: std::fs::read_to_string(MOUNTS)? })
    }

    /// What has become of the mounts since: a sentence for each that is new, that has gone, or that is another now.
    pub fn changes(&self) -> io::Result<Vec<String>> {
        self.changes_to(&std::fs::read_to_string(MOUNTS)?)
    }

    fn changes_to(&self, told: &str) -> io::Result<Vec<String>> {
        let mut changes = Vec::new();
        if told == self.told {
            return Ok(changes);
        }
        let (before, now) = (parse(&self.told)?, parse(told)?);
        for (id, mount) in &now {
            match before.get(id) {
                Some(old) if is_same(old, mount) => {
                    let mut differ = |what: &str, old: &[String], new: &[String]| {
                        if old != new {
                            let [old, new] =
                                [old, new].map(|words| if words.is_empty() { "none".into() } else { words.join(",") });
                            changes.push(format!("{what} of {} were {old} and became {new}", called(mount)));
                        }
                    };
                    differ("options", &old.options, &mount.options);
                    differ("peers", &old.propagation, &mount.propagation);
                }
                _ => changes.push(format!("new: {}", called(mount))),
            }
        }
        let is_there = |(id, old): &(&u64, &Mount)| now.get(id).is_some_and(|mount| is_same(old, mount));
        let gone = before.iter().filter(|entry| self.is_own(&entry.1.point) && !is_there(entry));
        changes.extend(gone.map(|(_, mount)| format!("gone: {}", called(mount))));
        Ok(changes)
    }

    fn is_own(&self, point: &str) -> bool {
        OWN.iter().map(Path::new).chain([self.scratch.as_path()]).any(|own| Path::new(point).starts_with(own))
    }
}

/// The mounts of this process's mount namespace, by their ids.
pub(crate) fn mounts() -> io::Result<BTreeMap<u64, Mount>> {
    parse(&std::fs::read_to_string(MOUNTS)?)
}

fn parse(text: &str) -> io::Result<BTreeMap<u64, Mount>> {
    let parse = |line: &str| Some((line.split_once(' ')?.0.parse().ok()?, Mount::parse(line)?));
    let unknown = |line: &str| io::Error::other(format!("{MOUNTS}: not as documented: {}", line.escape_debug()));
    text.lines().map(|line| parse(line).ok_or_else(|| unknown(line))).collect()
}

/// An id is given again when its mount is gone. The mount point's path says nothing: who renames a directory changes it.
fn is_same(old: &Mount, new: &Mount) -> bool {
    (&old.root, &old.filesystem, old.device) == (&new.root, &new.filesystem, new.device)
}

fn called(mount: &Mount) -> String {
    format!("{} at {}", mount.filesystem.escape_debug(), mount.point.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "1 0 8:1 / / rw - ext4 /dev/vda rw\n\
                          2 1 0:9 / /n/1 rw - tmpfs x rw\n\
                          3 1 0:7 / /dev rw - tmpfs tmpfs rw\n\
                          4 1 0:8 / /run/w rw shared:1 - tmpfs tmpfs rw\n";

    fn changes(after: &str) -> Vec<String> {
        let before = MountTable { scratch: PathBuf::from("/run/w"), told: BEFORE.to_owned() };
        before.changes_to(after).expect("the shape is as documented")
    }

    #[test]
    fn what_neighbours_do_is_no_change() {
        assert_eq!(changes(BEFORE), [""; 0]);
        assert_eq!(changes(&BEFORE.replace("2 1 0:9 / /n/1 rw - tmpfs x rw\n", "")), [""; 0]);
        assert_eq!(changes(&BEFORE.replace("/n/1", "/m/1//deleted")), [""; 0]);
    }

    #[test]
    fn what_was_done_here_is_told() {
        let more = format!("{BEFORE}5 4 0:20 / /run/w/c1/dev rw - devpts devpts rw\n");
        assert_eq!(changes(&more), ["new: devpts at /run/w/c1/dev"]);
        let elsewhere = BEFORE.replace("2 1 0:9 / /n/1 rw - tmpfs x rw", "2 1 0:21 / /mnt rw - tmpfs x rw");
        assert_eq!(changes(&elsewhere), ["new: tmpfs at /mnt"]);
        let gone = BEFORE.replace("3 1 0:7 / /dev rw - tmpfs tmpfs rw\n", "");
        assert_eq!(changes(&gone), ["gone: tmpfs at /dev"]);
        let shared = BEFORE.replace("/ / rw -", "/ / ro shared:9 -");
        let expected =
            ["options of ext4 at / were rw and became ro", "peers of ext4 at / were none and became shared:9"];
        assert_eq!(changes(&shared), expected);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let error = parse(&format!("{BEFORE}5 4 no mount")).expect_err("it has no device");
        assert_eq!(error.to_string(), "/proc/self/mountinfo: not as documented: 5 4 no mount");
    }
}
