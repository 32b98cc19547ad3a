//! Root filesystems whose `/dev/console` is a symbolic link: the image points at what it wants touched.

use super::image::{look, with_dev_of_the_image};
use crate::prelude::*;
use std::path::{Path, PathBuf};

const REFERENCES: &[Reference] = &[ADVISORY_CONSOLE, SPEC_RUNTIME.at("#errors")];

const WHY: &str = "a runtime runs with more rights than the image's author: a link that it follows lets the author \
                   truncate, create or cover files of the container or of the host";

/// What a sensitive file holds.
const SECRET: &[u8] = b"sensitive\n";

/// Where a link leads, and what must be there afterwards.
struct Link {
    /// The link's content.
    target: PathBuf,
    /// The file that it would lead to, as the host names it. `None` stands for a path in the root filesystem.
    on_host: Option<PathBuf>,
    /// Whether the file exists.
    exists: bool,
}

/// Creating and, where that succeeds, running a container with this `/dev/console` changes nothing at the
/// link's end: the file is neither created, nor modified, nor mounted over.
fn is_harmless(t: &Trial, link: &Link, image: impl FnOnce(&mut Rootfs)) -> Judgement {
    let plan = with_dev_of_the_image(t, |rootfs| {
        rootfs.symlink("dev/console", &link.target);
        image(rootfs);
    })?;
    let inside = plan.directory().join("rootfs").join(below_root(&link.target));
    t.makes_containers()?;
    let before = t.mounts()?;
    let attempt = t.attempt(plan)?;
    if attempt.finished.status.success() {
        let mut c = attempt.created.start()?;
        let seen = c.probe.observe()?;
        let target = Path::new("/").join(below_root(&link.target));
        let covering = seen.mounts.iter().filter(|mount| Path::new(&mount.point) == target);
        t.equal("mounts on the link's target", covering.collect(), vec![])?;
        t.mounts_are_as(&before)?;
    } else {
        t.equal("the refused container exists", attempt.created.lifecycle.is_known()?, false)?;
        t.mounts_are_as(&before)?;
    }
    let untouched = Some(("100640".to_owned(), DeviceNumber::default(), Bytes::from(SECRET)));
    let expected = |exists: bool| if exists { untouched.clone() } else { None };
    let Some(on_host) = &link.on_host else {
        let what = "mode, device and content of the link's target in the image";
        return t.equal(what, look(&inside)?, expected(link.exists));
    };
    t.equal("mode, device and content of the link's target on the host", look(on_host)?, expected(link.exists))?;
    t.equal("what the link leads to in the image", look(&inside)?, None)
}

/// A path as the container's root sees it: `..` at the root stays at the root.
fn below_root(path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect()
}

/// A directory of the host beside the bundles, and links to a file in it: by its absolute path, and by going
/// up further than the root filesystem is deep.
fn outside(t: &Trial, exists: bool) -> Result<Vec<Link>, Stop> {
    let file = t.bench().directory("o")?.join("target");
    if exists {
        let made = std::fs::write(&file, SECRET)
            .and_then(|()| std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)));
        made.map_err(|error| Stop::Error(format!("{}: {error}", file.display())))?;
    }
    let upwards = Path::new(&"../".repeat(32)).join(below_root(&file));
    Ok([file.clone(), upwards].map(|target| Link { target, on_host: Some(file.clone()), exists }).into())
}

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console/link-to-a-file-inside-is-not-followed",
        title: "create a container whose dev/console is a symbolic link to a file of the image",
        requirement: "create fails, or the link is not followed: its target is neither modified nor mounted over",
        why: WHY,
        level: Level::Security,
        references: REFERENCES,
        covers: &["B08", "B09"],
        needs: &[Need::Terminal],
        caught_by: &[("mounts on the link's target", &["console-follows-symlink"])],
        body: |t| {
            let link = Link { target: "/etc/sensitive".into(), on_host: None, exists: true };
            is_harmless(t, &link, |rootfs| {
                rootfs.file("etc/sensitive", SECRET, 0o640);
            })
        },
    },
    Case {
        id: "console/dangling-link-inside-is-not-followed",
        title: "create a container whose dev/console is a symbolic link to a file that the image lacks",
        requirement: "create fails, or the link is not followed: its target is not created",
        why: WHY,
        level: Level::Security,
        references: REFERENCES,
        covers: &["B08", "B09"],
        needs: &[Need::Terminal],
        caught_by: &[("mounts on the link's target", &["console-follows-symlink"])],
        body: |t| {
            let link = Link { target: "/etc/absent".into(), on_host: None, exists: false };
            is_harmless(t, &link, |rootfs| {
                rootfs.directory("etc", 0o755);
            })
        },
    },
    Case {
        id: "console/link-to-a-file-outside-is-not-followed",
        title: "create containers whose dev/console is a symbolic link to a file of the host",
        requirement: "create fails, or the link is not followed: the host's file is neither modified nor mounted over",
        why: WHY,
        level: Level::Security,
        references: REFERENCES,
        covers: &["B08", "B09"],
        needs: &[Need::Terminal],
        caught_by: &[("mode, device and content of the link's target on the host", &["console-made-before-pivot"])],
        body: |t| outside(t, true)?.iter().try_for_each(|link| is_harmless(t, link, |_| {})),
    },
    Case {
        id: "console/dangling-link-outside-is-not-followed",
        title: "create containers whose dev/console is a symbolic link to a missing file in a directory of the host",
        requirement: "create fails, or the link is not followed: nothing is created on the host",
        why: WHY,
        level: Level::Security,
        references: REFERENCES,
        covers: &["B08", "B09"],
        needs: &[Need::Terminal],
        caught_by: &[("mode, device and content of the link's target on the host", &["console-made-before-pivot"])],
        body: |t| outside(t, false)?.iter().try_for_each(|link| is_harmless(t, link, |_| {})),
    },
];
