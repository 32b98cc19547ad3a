//! `/dev/ptmx` and `/dev/pts/ptmx`: the ways to a new pty.

use super::{mount_of, ptmx_of};
use crate::prelude::*;
use serde_json::json;

/// The cases of ptmx.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/ptmx-is-open-for-everybody",
        title: "stat /dev/pts/ptmx where devpts is mounted with ptmxmode=0666",
        requirement: "a character device 5:2 of root with mode 0666: inode 2 of the container's instance",
        why: "ssh, tmux, script and sudo allocate terminals through it as ordinary users",
        level: Level::Kernel,
        references: &[DEVPTS, manual("ptmx(4)")],
        covers: &["A08"],
        needs: &[Need::Terminal],
        caught_by: &[("mode, owner and group", &["ptmx-mode-000"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let ptmx = &ptmx_of(&seen)?.status;
            t.equal("kind and device", (ptmx.kind, ptmx.node), (FileKind::CharacterDevice, DeviceNumber::PTMX))?;
            let found = (format!("{:04o}", ptmx.mode), ptmx.user, ptmx.group);
            t.equal("mode, owner and group", found, ("0666".to_owned(), 0, 0))?;
            t.equal("device that holds it, and inode", ptmx.file(), (mount_of(&seen)?.device, 2))
        },
    },
    Case {
        id: "devpts/dev-ptmx-leads-to-its-instance",
        title: "look at /dev/ptmx in a container",
        requirement: "it is a symbolic link to, or a bind mount of, the container's /dev/pts/ptmx",
        why: "programs allocate terminals through /dev/ptmx and open the slave below /dev/pts; if the two do not \
              belong together, they get no terminal or somebody else's",
        level: Level::Must,
        references: &[SPEC_LINUX.at("#default-devices"), RUNC_ROOTFS, CRUN_LINUX, DEVPTS],
        covers: &["A14"],
        needs: &[Need::Terminal],
        caught_by: &[(
            "device and inode of /dev/ptmx, which is no symbolic link",
            &["ptmx-is-mknod-node", "ptmx-is-null"],
        )],
        body: |t| leads_to_its_instance(t, &t.standard_terminal()?.inside),
    },
    Case {
        id: "devpts/dev-ptmx-link-is-relative",
        title: "read the link /dev/ptmx in a container, where it is a link",
        requirement: "its target is exactly pts/ptmx",
        why: "a tool that looks at the container from outside, for example below /proc/PID/root, follows an absolute \
              link to the host's ptmx and allocates a terminal there",
        references: &[RUNC_ROOTFS, CRUN_LINUX],
        covers: &["A15"],
        caught_by: &[("kind and target of /dev/ptmx", &["ptmx-symlink-absolute"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let entry = seen.dev_entry("ptmx");
            let shape = entry.map(|entry| (entry.status.kind, entry.target.as_deref()));
            t.holds(
                "kind and target of /dev/ptmx",
                "a symbolic link to pts/ptmx, or a character device (bind mount)",
                &shape,
                |shape| {
                    [Some((FileKind::Symlink, Some("pts/ptmx"))), Some((FileKind::CharacterDevice, None))]
                        .contains(shape)
                },
            )
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/redundant-ptmx-device-is-ignored",
        title: "list /dev/ptmx, 5:2, mode 0600, in linux.devices although it is a default device",
        requirement: "the container starts, and /dev/ptmx still leads to the container's /dev/pts/ptmx with mode 0666",
        why: "engines that copy the host's devices into the config list it; a node made from the entry hides the \
              instance's own or makes the start fail with EBUSY",
        references: &[RUNC_2451, CRUN_LINUX, SPEC_LINUX.at("#default-devices")],
        covers: &["A17"],
        caught_by: &[(
            "device and inode of /dev/ptmx, which is no symbolic link",
            &["ptmx-device-entry-made", "ptmx-is-mknod-node"],
        )],
        body: |t| {
            let entry = json!([{
                "path": "/dev/ptmx", "type": "c", "major": 5, "minor": 2,
                "fileMode": 0o600, "uid": 0, "gid": 0
            }]);
            let mut container = t.container()?.configured(|config| config["linux"]["devices"] = entry).start()?;
            leads_to_its_instance(t, &container.probe.observe()?)?;
            t.equal("mode of /dev/ptmx", format!("{:04o}", container.probe.stat("/dev/ptmx")?.mode).as_str(), "0666")
        },
        ..Case::TERMINAL
    },
];

/// How runc checks what it makes a terminal of.
pub const RUNC_CONSOLE: Reference = Reference::document(
    "runc, libcontainer/console_linux.go",
    "https://github.com/opencontainers/runc/blob/main/libcontainer/console_linux.go",
);

/// A config that lists /dev/ptmx among its devices.
const RUNC_2451: Reference = issue("runc pull request 2451", "https://github.com/opencontainers/runc/pull/2451");

/// `/dev/ptmx` is one of the two shapes that the specification allows, and leads to `/dev/pts/ptmx`.
pub fn leads_to_its_instance(t: &Trial, seen: &Facts) -> Judgement {
    let node = &ptmx_of(seen)?.status;
    let found = (node.kind, node.node);
    t.equal("kind and device of /dev/pts/ptmx", found, (FileKind::CharacterDevice, DeviceNumber::PTMX))?;
    let entry = seen.dev_entry("ptmx");
    if let Some(target) = entry.and_then(|entry| entry.target.as_deref()) {
        return t.holds("target of the symbolic link /dev/ptmx", "pts/ptmx or /dev/pts/ptmx", &target, |target| {
            ["pts/ptmx", "/dev/pts/ptmx"].contains(target)
        });
    }
    let seen = entry.map(|entry| entry.status.file());
    t.equal("device and inode of /dev/ptmx, which is no symbolic link", seen, Some(node.file()))
}
