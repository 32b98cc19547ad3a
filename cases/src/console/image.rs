//! Root filesystems that bring a `/dev/console` of their own.

use crate::{prelude::*, refused::is_refused};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::{fs, path::Path};

/// A container whose `/dev` is the directory of its root filesystem: no tmpfs hides what the image brings.
pub(crate) fn with_dev_of_the_image(t: &Trial, change: impl FnOnce(&mut Rootfs)) -> Result<Plan, Stop> {
    let plan = t.container()?.configured(|config| {
        if let Some(mounts) = config["mounts"].as_array_mut() {
            mounts.retain(|mount| mount["destination"] != "/dev");
        }
    });
    Ok(plan.rootfs(|rootfs| {
        rootfs.directory("dev/pts", 0o755);
        change(rootfs);
    }))
}

/// What a file of the root filesystem is, seen from the host: type and permissions, device, content.
pub(crate) fn look(path: &Path) -> Result<Option<(String, DeviceNumber, Bytes)>, Stop> {
    let broken = |error: std::io::Error| Stop::Error(format!("{}: {error}", path.display()));
    let status = match fs::symlink_metadata(path) {
        Ok(status) => status,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(error)),
    };
    let content = if status.is_file() { fs::read(path).map_err(broken)? } else { Vec::new() };
    let kind = status.file_type();
    let device = if kind.is_char_device() { DeviceNumber::of(status.rdev()) } else { DeviceNumber::default() };
    Ok(Some((format!("{:o}", status.mode()), device, Bytes(content))))
}

/// The console works as the terminal while the container runs, and the image's own file is as before after.
fn is_mounted_over(t: &Trial, plan: Plan, file: &(String, DeviceNumber, Bytes)) -> Judgement {
    let path = plan.directory().join("rootfs/dev/console");
    let mut c = plan.start()?;
    let terminal = c.probe.observe()?.descriptor(0).map(|fd| fd.status.file());
    t.equal("/dev/console", Some(c.probe.stat("/dev/console")?.file()), terminal)?;
    c.lifecycle.delete()?;
    t.equal("mode, device and content of the image's dev/console afterwards", look(&path)?.as_ref(), Some(file))
}

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console/regular-file-is-mounted-over",
        title: "start a container whose root filesystem holds a regular file dev/console, then delete it",
        requirement: "the terminal covers the file while the container runs; the file itself stays as it was",
        why: "images made from a running system hold such a file; truncating or removing it changes the image",
        references: &[SPEC_LINUX.at("#default-devices"), manual("mount(2)")],
        covers: &["B10"],
        caught_by: &[("/dev/console", &["console-plain-file", "console-missing"])],
        body: |t| {
            let content = b"brought by the image\n";
            let plan = with_dev_of_the_image(t, |rootfs| {
                rootfs.file("dev/console", content, 0o640);
            })?;
            let before = ("100640".to_owned(), DeviceNumber::default(), Bytes(content.to_vec()));
            is_mounted_over(t, plan, &before)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console/stale-node-is-mounted-over",
        title: "start a container whose root filesystem holds a device node dev/console 5:1, then delete it",
        requirement: "the terminal covers the node while the container runs; the node itself stays as it was",
        why: "images made with debootstrap or mkinitramfs hold the node of the machine's console; using it would \
              give the container the host's",
        level: Level::Convention,
        references: &[SPEC_LINUX.at("#default-devices"), manual("console(4)")],
        covers: &["B10"],
        needs: &[Need::Terminal, Need::MachineRoot],
        caught_by: &[("/dev/console", &["console-plain-file", "console-missing"])],
        body: |t| {
            let node = DeviceNumber { major: 5, minor: 1 };
            let plan = with_dev_of_the_image(t, |rootfs| {
                rootfs.device("dev/console", node, 0o600);
            })?;
            is_mounted_over(t, plan, &("20600".to_owned(), node, Bytes::default()))
        },
    },
    Case {
        id: "console/directory-is-an-error",
        title: "create a container whose root filesystem holds a directory dev/console",
        requirement: "create fails, the container does not exist, and the directory and the host's mounts are as before",
        why: "a terminal cannot be mounted on a directory; going on without one gives a container whose console is \
              missing, and half a container blocks its name",
        references: &[SPEC_RUNTIME.at("#errors"), manual("mount(2)")],
        covers: &["B11", "M09"],
        caught_by: &[("exit status of create", &["console-missing", "console-removes-directory"])],
        body: |t| {
            let plan = with_dev_of_the_image(t, |rootfs| {
                rootfs.directory("dev/console", 0o755);
            })?;
            let path = plan.directory().join("rootfs/dev/console");
            is_refused(t, "create", plan)?;
            let expected = Some(("40755".to_owned(), DeviceNumber::default(), Bytes::default()));
            t.equal("mode, device and content of the image's dev/console", look(&path)?, expected)
        },
        ..Case::TERMINAL
    },
];
