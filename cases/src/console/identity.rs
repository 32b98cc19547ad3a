//! What `/dev/console` is, seen by cases that only look.

use crate::prelude::*;

/// What `/dev/console` leads to: the node itself, or the slave that a link there names, which is another way
/// of making the console the terminal.
fn console(seen: &Facts) -> Option<&FileStatus> {
    let entry = seen.dev_entry("console")?;
    let Some(target) = &entry.target else {
        return Some(&entry.status);
    };
    Some(&seen.pts_entry(target.strip_prefix("/dev/").unwrap_or(target).strip_prefix("pts/")?)?.status)
}

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console/exists-with-a-terminal",
        title: "look for /dev/console in a container with a terminal",
        requirement: "a container with a terminal has a /dev/console that is a character device",
        why: "init systems and boot messages go to /dev/console; without it they fail, or create a file there",
        level: Level::Must,
        references: &[SPEC_LINUX.at("#default-devices")],
        covers: &["B01"],
        needs: &[Need::Terminal],
        caught_by: &[("type of /dev/console", &["console-missing", "console-plain-file"])],
        body: |t| {
            let kind = console(&t.standard_terminal()?.inside).map(|status| status.kind);
            t.equal("type of /dev/console", kind, Some(FileKind::CharacterDevice))
        },
    },
    Case {
        id: "console/absent-without-a-terminal",
        title: "look for /dev/console in a container without a terminal",
        requirement: "a container without a terminal has no /dev/console",
        why: "a program takes the presence of /dev/console as the sign that somebody reads what it prints there",
        level: Level::Convention,
        references: &[SPEC_LINUX.at("#default-devices")],
        covers: &["B01"],
        needs: &[],
        caught_by: &[("/dev/console", &["console-without-terminal"])],
        body: |t| {
            let seen = t.standard_pipes()?.inside;
            t.equal("/dev/console", seen.dev_entry("console"), None)
        },
    },
    Case {
        id: "console/is-a-bind-mount-of-the-slave",
        title: "read /proc/self/mountinfo in a container with a terminal",
        requirement: "the slave of the container's terminal is bind-mounted on /dev/console",
        why: "a node or file of another kind is not the terminal, and a copy made with mknod is no longer it once \
              the terminal's number is used again",
        level: Level::Must,
        references: &[SPEC_LINUX.at("#default-devices")],
        covers: &["B02"],
        needs: &[Need::Terminal],
        caught_by: &[(
            "filesystem, root and device of the mount on /dev/console",
            &["console-is-symlink", "console-plain-file", "console-is-hosts"],
        )],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let number = seen.descriptor(0).map_or(0, |fd| fd.status.node.minor);
            let device = seen.mount_at("/dev/pts").map(|mount| mount.device);
            let mount = seen.mount_at("/dev/console");
            t.equal(
                "filesystem, root and device of the mount on /dev/console",
                mount.map(|mount| (mount.filesystem.as_str(), mount.root.clone(), Some(mount.device))),
                Some(("devpts", format!("/{number}"), device)),
            )
        },
    },
    Case {
        id: "console/is-the-terminal",
        title: "stat /dev/console and descriptor 0 in a container with a terminal",
        requirement: "/dev/console and standard input are the same file: device, inode and device number agree",
        why: "init systems, getty and logging daemons open /dev/console; if it is another terminal, their output \
              is lost or lands on the host's",
        references: &[TERMINALS, SPEC_LINUX.at("#default-devices")],
        covers: &["B04"],
        caught_by: &[(
            "filesystem, inode and device of /dev/console",
            &["console-missing", "console-plain-file", "console-is-hosts"],
        )],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let identity = |status: &FileStatus| (status.device, status.inode, status.node);
            let terminal = seen.descriptor(0).map(|fd| identity(&fd.status));
            t.holds("standard input", "a slave of a pty", &terminal, |terminal| {
                terminal.is_some_and(|(_, _, node)| node.is_pty_slave())
            })?;
            t.equal("filesystem, inode and device of /dev/console", console(&seen).map(identity), terminal)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console/is-not-the-hosts",
        title: "compare /dev/console with the machine's console and the machine's ptys",
        requirement: "/dev/console is a slave of the container's own devpts, never 5:1 and never a pty of the host",
        why: "whoever writes to the machine's console talks to its administrator, and may read what is typed there",
        level: Level::Security,
        references: &[SPEC_LINUX.at("#default-devices"), manual("console(4)")],
        covers: &["B06"],
        needs: &[Need::Terminal],
        caught_by: &[
            ("device number of /dev/console", &["console-is-hosts"]),
            ("devpts instance of /dev/console", &["host-devpts-shared"]),
        ],
        body: |t| {
            let looked = t.standard_terminal()?;
            let status = console(&looked.inside);
            t.holds(
                "device number of /dev/console",
                "136:N, a slave of a pty, and not 5:1, the console of the machine",
                &status.map(|status| status.node),
                |node| node.is_some_and(DeviceNumber::is_pty_slave),
            )?;
            t.holds(
                "devpts instance of /dev/console",
                &format!("another than the machine's, {}", looked.host.pts_device.evidence()),
                &status.map(|status| status.device),
                |device| device.is_some_and(|device| device != looked.host.pts_device),
            )
        },
    },
    Case {
        id: "console/has-mode-and-owner-of-the-slave",
        title: "stat /dev/console in a container whose process is user 1000",
        requirement: "/dev/console has mode 0620, belongs to the process's user, and to group 5 as the mount says",
        why: "with another owner the process cannot reopen its console; with a wider mode others read what is typed",
        level: Level::Convention,
        references: &[TERMINALS],
        covers: &["B07"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[(
            "mode, user and group of /dev/console",
            &["slave-mode-666", "slave-owner-root", "slave-group-is-users", "devpts-gid-dropped"],
        )],
        body: |t| {
            let seen = t.standard_user()?.inside;
            let status = console(&seen);
            let seen = status.map(|status| (format!("{:04o}", status.mode), status.user, status.group));
            t.equal("mode, user and group of /dev/console", seen, Some(("0620".to_owned(), 1000, 5)))
        },
    },
    Case {
        id: "console/mount-stays-in-the-container",
        title: "read the harness's mountinfo before a container with a terminal is made and while it runs",
        requirement: "no mount of the container appears in the mount namespace of the runtime's caller",
        why: "a console mounted over the host's, or mounts that pile up on the host, outlive the container",
        references: &[SPEC_LINUX.at("#rootfs-mount-propagation"), manual("mount_namespaces(7)")],
        covers: &["B19"],
        caught_by: &[(
            "changed mounts outside of the container",
            &["root-bound-while-shared", "console-mount-propagates"],
        )],
        body: |t| {
            let before = t.mounts()?;
            let container = t.container()?.start()?;
            t.mounts_are_as(&before)?;
            container.lifecycle.delete()?;
            Ok(())
        },
        ..Case::TERMINAL
    },
];
