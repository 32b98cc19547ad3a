//! Links at `/dev` and in it that lead to files of the host. A runtime that takes a step of its set-up by the image's paths
//! before pivot_root takes it there.

use crate::prelude::*;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::{collections::BTreeMap, fs, io};

const REFERENCES: &[Reference] = &[ADVISORY_CONSOLE, SPEC_RUNTIME.at("#errors")];

const WHY: &str = "the runtime is root, the image anybody's: what it creates, replaces or changes at the end of a link is \
                   a file of the host that the image's author has chosen";

/// The image's links, and where below the host's directory each leads.
type Links = &'static [(&'static str, &'static str)];

/// Everything below a directory: kind and mode, owner, inode, and content or target.
fn look(directory: &Path) -> io::Result<BTreeMap<PathBuf, String>> {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let (path, status) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
        let holds = match status.file_type() {
            kind if kind.is_file() => fs::read_to_string(&path)?,
            kind if kind.is_symlink() => format!("-> {}", fs::read_link(&path)?.display()),
            kind if kind.is_dir() => {
                seen.extend(look(&path)?);
                String::new()
            }
            _ => format!("device {:#x}", status.rdev()),
        };
        let (mode, user, group, inode) = (status.mode(), status.uid(), status.gid(), status.ino());
        seen.insert(path, format!("{mode:o} {user}:{group} inode {inode} {holds:?}"));
    }
    Ok(seen)
}

const FILES: [&str; 5] = ["keep", "ptmx", "null", "tty", "console"];
const DIRECTORIES: [&str; 2] = ["pts", "shm"];

/// A directory of the host that looks like a `/dev`: files that are sensitive, and directories.
fn like_dev(directory: &Path) -> io::Result<()> {
    for path in FILES.map(|name| directory.join(name)) {
        fs::write(&path, "sensitive\n")?;
        fs::set_permissions(&path, PermissionsExt::from_mode(0o640))?;
    }
    for path in DIRECTORIES.map(|name| directory.join(name)) {
        fs::create_dir(&path)?;
        fs::set_permissions(&path, PermissionsExt::from_mode(0o750))?;
    }
    Ok(())
}

/// The ways in which a container is made: whether the link goes up further than the image is deep rather than naming the
/// directory by its absolute path, whether there is a terminal, and whether the image has such a directory, too, so that
/// the link leads somewhere inside as well.
const WAYS: [(bool, bool, bool); 4] =
    [(false, true, false), (true, true, true), (false, false, true), (true, false, false)];

/// Makes, runs, executes in and deletes containers whose image has these links to a directory of the host: whether a
/// container is made or refused, nothing of it changes.
fn lead_nowhere(t: &Trial, links: Links, tmpfs_on_dev: bool) -> Judgement {
    let failed = |error: io::Error| Stop::Error(format!("a directory of the host: {error}"));
    t.makes_containers()?;
    for (upwards, terminal, inside) in WAYS {
        let host = t.bench().directory("o")?;
        like_dev(&host).map_err(failed)?;
        let before = look(&host).map_err(failed)?;
        let below_root: PathBuf = host.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        let target = if upwards { Path::new(&"../".repeat(32)).join(&below_root) } else { host.clone() };
        let plan = t.container()?.configured(|config| {
            config["process"]["terminal"] = terminal.into();
            if let Some(mounts) = config["mounts"].as_array_mut().filter(|_| !tmpfs_on_dev) {
                // A terminal needs a devpts; without one, nothing at all is mounted there.
                mounts.retain(|mount| match mount["destination"].as_str() {
                    Some("/dev/pts") => terminal,
                    destination => destination != Some("/dev"),
                });
            }
        });
        let mounts = t.mounts()?;
        let attempt = t.attempt(plan.rootfs(|rootfs| {
            for (name, end) in links {
                rootfs.symlink(name, target.join(end));
            }
            let name = |name: &&str| below_root.join(name).to_string_lossy().into_owned();
            for file in FILES.iter().filter(|_| inside) {
                rootfs.file(&name(file), b"", 0o644);
            }
            for directory in DIRECTORIES.iter().filter(|_| inside) {
                rootfs.directory(&name(directory), 0o755);
            }
        }))?;
        if attempt.finished.status.success() {
            let container = attempt.created.start()?;
            // Where there is no devpts, exec has no terminal to give, and may refuse.
            let plan = container.exec()?.performing(&[]);
            let _ = if terminal { plan } else { plan.without_terminal() }.attempt()?;
            container.lifecycle.delete()?;
        } else {
            t.equal("the refused container exists", attempt.created.lifecycle.is_known()?, false)?;
        }
        let after = look(&host).map_err(failed)?;
        let changed = before.iter().filter(|(path, was)| after.get(*path) != Some(was)).map(|(path, _)| path);
        let new = after.keys().filter(|path| !before.contains_key(*path));
        let names = changed.chain(new).map(|path| {
            let now = after.get(path).and_then(|now| now.split(" inode ").next());
            format!("{}: {}", path.strip_prefix(&host).unwrap_or(path).display(), now.unwrap_or("gone"))
        });
        t.equal("what has changed in the host's directory", names.collect(), Vec::<String>::new())?;
        t.mounts_are_as(&mounts)?;
    }
    Ok(())
}

/// What all of these cases have in common.
const LINK: Case = Case {
    why: WHY,
    level: Level::Security,
    requirement: "create fails, or the links are not followed: names, types, contents, owners, modes and inodes in the \
                  host's directory stay as they were",
    references: REFERENCES,
    covers: &["L07"],
    caught_by: &[("what has changed in the host's directory", &["dev-made-before-pivot"])],
    ..Case::TERMINAL
};

pub const CASES: &[Case] = &[
    Case {
        id: "image/dev-that-leads-outside-is-not-filled",
        title: "run containers, and exec in them, without a mount on /dev whose image has dev as a symbolic link to a directory of the host",
        body: |t| lead_nowhere(t, &[("dev", "")], false),
        ..LINK
    },
    Case {
        id: "image/dev-that-leads-outside-is-not-filled-below-a-tmpfs",
        title: "run containers, and exec in them, with a tmpfs on /dev whose image has dev as a symbolic link to a directory of the host",
        body: |t| lead_nowhere(t, &[("dev", "")], true),
        ..LINK
    },
    Case {
        id: "image/pts-that-leads-outside-is-not-mounted-on",
        title: "run containers, and exec in them, whose image has dev/pts as a symbolic link to a directory of the host",
        body: |t| lead_nowhere(t, &[("dev/pts", "pts")], false),
        ..LINK
    },
    Case {
        id: "image/ptmx-that-leads-outside-is-not-followed",
        title: "run containers, and exec in them, whose image has dev/ptmx as a symbolic link to a file of the host",
        body: |t| lead_nowhere(t, &[("dev/ptmx", "ptmx")], false),
        ..LINK
    },
    Case {
        id: "image/devices-that-lead-outside-are-not-made-there",
        title: "run containers, and exec in them, whose image has dev/null and dev/tty as symbolic links to files of the host, and dev/zero \
                as one to a missing file",
        body: |t| lead_nowhere(t, &[("dev/null", "null"), ("dev/tty", "tty"), ("dev/zero", "absent")], false),
        ..LINK
    },
    Case {
        id: "image/standard-links-that-lead-outside-are-not-followed",
        title: "run containers, and exec in them, whose image has dev/shm, dev/fd and dev/stdin as symbolic links to the host",
        body: |t| lead_nowhere(t, &[("dev/shm", "shm"), ("dev/fd", "absent"), ("dev/stdin", "keep")], false),
        ..LINK
    },
];
