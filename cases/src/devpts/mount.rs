//! The mount at `/dev/pts`: an instance that belongs to one container.

use super::{mount_of, names};
use crate::prelude::*;
use ptyproof_harness::terminal::Pair;
use std::os::unix::fs::MetadataExt;

/// The cases of the mount.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/is-mounted",
        title: "look at /dev/pts in a container whose config mounts devpts there",
        requirement: "/dev/pts is the root of a devpts filesystem",
        why: "ptsname(3) and ttyname(3) name files below /dev/pts; on another filesystem those names lead nowhere and \
              no program can allocate a terminal",
        level: Level::Should,
        references: &[SPEC_LINUX.at("#default-filesystems"), manual("pts(4)"), manual("statfs(2)")],
        covers: &["A01"],
        needs: &[Need::Terminal],
        caught_by: &[("filesystem and root of the mount at /dev/pts", &["pts-hidden-by-tmpfs"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let mount = mount_of(&seen)?;
            let found = (mount.filesystem.as_str(), mount.root.as_str());
            t.equal("filesystem and root of the mount at /dev/pts", found, ("devpts", "/"))?;
            t.equal("f_type of /dev/pts", seen.pts_filesystem, Ok(DEVPTS_MAGIC))
        },
    },
    Case {
        id: "devpts/is-mounted-with-the-options-of-the-config",
        title: "mount devpts with nosuid, noexec, ptmxmode=0666, mode=0620 and gid=5, and read mountinfo",
        requirement: "the mount is writable, nosuid and noexec; the instance has just that ptmxmode, mode and gid",
        why: "without ptmxmode nobody but root opens a terminal, without mode and gid every user may write to or read \
              from the terminals of others",
        references: &[RUNC_EXAMPLE, CRUN_LINUX, DEVPTS],
        covers: &["A02"],
        caught_by: &[
            ("options of the devpts instance", &["ptmx-mode-000", "devpts-mode-wrong"]),
            ("flags of the mount at /dev/pts", &["devpts-without-noexec"]),
        ],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let mount = mount_of(&seen)?;
            let mut found: Vec<&str> = mount.options.iter().map(String::as_str).collect();
            found.retain(|option| ["rw", "ro", "nosuid", "suid", "noexec", "exec"].contains(option));
            found.sort_unstable();
            t.equal("flags of the mount at /dev/pts", found, vec!["noexec", "nosuid", "rw"])?;
            // The kernel shows ids of its first user namespace, which only root of the machine can foretell; the
            // group of a terminal itself is the subject of other cases.
            let root = t.machine().root;
            let keys: &[&str] =
                if root { &["uid=", "gid=", "mode=", "ptmxmode=", "max="] } else { &["mode=", "ptmxmode=", "max="] };
            let mut found: Vec<&str> = mount.super_options.iter().map(String::as_str).collect();
            found.retain(|option| keys.iter().any(|key| option.starts_with(key)));
            let mut expected = vec!["mode=620", "ptmxmode=666"];
            if root {
                expected.insert(0, "gid=5");
            }
            t.equal("options of the devpts instance", found, expected)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/is-an-instance-of-its-own",
        title: "compare the device of the container's /dev/pts with the host's",
        requirement: "they differ, and the container's terminal is of the container's instance",
        why: "in a shared instance a container opens the terminals of the host by their number, and reads and writes \
              what is typed there",
        level: Level::Kernel,
        references: &[DEVPTS],
        covers: &["A03"],
        needs: &[Need::Terminal],
        caught_by: &[
            ("device of the container's /dev/pts", &["host-devpts-shared"]),
            ("device that holds the terminal", &["pty-from-host"]),
        ],
        body: |t| {
            let seen = t.standard_terminal()?;
            let own = mount_of(&seen.inside)?.device;
            let host = seen.host.pts_device;
            t.holds(
                "device of the container's /dev/pts",
                &format!("another than the host's {}", host.evidence()),
                &own,
                |&own| own != host,
            )?;
            let terminal = seen.inside.descriptor(0).map(|fd| fd.status.device);
            t.equal("device that holds the terminal", terminal, Some(own))?;
            let master = seen.master.map(|master| master.device);
            t.equal("device that holds the master", master, Some(own))
        },
    },
    Case {
        id: "devpts/numbers-from-zero",
        title: "allocate two more ptys in a container, while the host has several",
        requirement: "the container's terminal is /dev/pts/0, the next are 1 and 2, whatever numbers the host uses",
        why: "numbers that go on from the host's tell that the instance is the host's, and scripts that expect the \
              console at /dev/pts/0 fail",
        level: Level::Kernel,
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["A04"],
        needs: &[Need::Terminal],
        caught_by: &[("number of the master", &["host-devpts-shared", "pty-from-host"])],
        body: |t| {
            // As many as the container gets: in a shared instance they cannot all have the numbers 0 to 2.
            let host: Vec<Pair> = (0..3).filter_map(|_| Pair::open().ok()).collect();
            let mut created = t.container()?.create()?;
            let terminal = created.take_terminal()?;
            if let Some(terminal) = &terminal {
                let master = terminal.facts()?;
                t.equal("number of the master", master.number, 0)?;
                // In the host's instance, whoever held the host's 0 to 2 could have given them up just now.
                let hosts = std::fs::metadata("/dev/pts").map(|pts| DeviceNumber::of(pts.dev()));
                t.holds(
                    "device that holds the master",
                    &format!("another than the host's {}", hosts.as_ref().ok().evidence()),
                    &master.device,
                    |&own| hosts.is_ok_and(|hosts| hosts != own),
                )?;
            }
            let mut container = created.start_with(terminal)?;
            let link = container.probe.observe()?.descriptor(0).map(|fd| fd.link.clone());
            t.equal("what descriptor 0 is", link.as_deref(), Some("/dev/pts/0"))?;
            let first = container.probe.open_pty()?.number;
            let second = container.probe.open_pty()?.number;
            drop(host);
            t.equal("numbers of two more ptys", [first, second], [1, 2])
        },
    },
    Case {
        id: "devpts/lists-only-its-own-ptys",
        title: "list /dev/pts in a container with a terminal, while the host has ptys",
        requirement: "exactly the container's terminal and ptmx",
        why: "an entry of the host is a way to a terminal of the host: `cat /dev/pts/N` steals what is typed there",
        references: &[DEVPTS, MOBY_21766],
        covers: &["A05"],
        caught_by: &[("entries of /dev/pts", &["host-devpts-shared", "pty-from-host"])],
        body: |t| t.equal("entries of /dev/pts", names(&t.standard_terminal()?.inside.pts), vec!["0", "ptmx"]),
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/is-empty-without-a-terminal",
        title: "list /dev/pts in a container without a terminal, while the host has ptys",
        requirement: "ptmx and nothing else",
        why: "a pty that nobody asked for counts against the limit kernel.pty.max, and one of the host is a leak",
        level: Level::Convention,
        references: &[DEVPTS, MOBY_21766],
        covers: &["A05"],
        needs: &[],
        caught_by: &[("entries of /dev/pts", &["host-devpts-shared"])],
        body: |t| {
            let seen = t.standard_pipes()?.inside;
            t.equal("entries of /dev/pts", names(&seen.pts), vec!["ptmx"])
        },
    },
    Case {
        id: "devpts/directory-keeps-its-mode",
        title: "stat /dev/pts where devpts is mounted with mode=0620",
        requirement: "a directory of root with mode 0755: mode= is for terminals, not for the directory",
        why: "without the right to search the directory, users other than root cannot open even their own terminal",
        level: Level::Kernel,
        references: &[DEVPTS, GVISOR_14761],
        covers: &["A07"],
        needs: &[Need::Terminal],
        caught_by: &[("kind, mode, owner and group of /dev/pts", &["pts-directory-mode"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let look = |s: &FileStatus| (s.kind, format!("{:04o}", s.mode), s.user, s.group);
            let found = seen.dev_entry("pts").map(|entry| look(&entry.status));
            let expected = (FileKind::Directory, "0755".to_owned(), 0, 0);
            t.equal("kind, mode, owner and group of /dev/pts", found, Some(expected))
        },
    },
];

/// A terminal of the host inside a container.
const MOBY_21766: Reference = issue("moby issue 21766", "https://github.com/moby/moby/issues/21766");

/// `mode=` on the directory.
const GVISOR_14761: Reference = issue("gVisor issue 14761", "https://github.com/google/gvisor/issues/14761");

/// `DEVPTS_SUPER_MAGIC`.
const DEVPTS_MAGIC: i64 = 0x1cd1;
