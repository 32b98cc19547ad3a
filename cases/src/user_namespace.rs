//! Containers with a user namespace of their own: terminals of mapped users and groups.

use crate::devices::{dev_tty_is_the_terminal, tty_entry};
use crate::devpts::leads_to_its_instance;
use crate::prelude::*;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::MetadataExt};

const RUNC_2451: Reference = issue("runc pull request 2451", "https://github.com/opencontainers/runc/pull/2451");
const RUNC_1018: Reference = issue("runc pull request 1018", "https://github.com/opencontainers/runc/pull/1018");
const RUNC_1646: Reference = issue("runc issue 1646", "https://github.com/opencontainers/runc/issues/1646");

/// Where the kernel reads the options of devpts.
const LINUX_FIX: Reference = issue(
    "Linux commit cc0876f817d6",
    "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=cc0876f817d6",
);

const MAPS: Reference = manual("user_namespaces(7)");

/// User and group 0 are the caller's, so that the container may use what the caller has made; the others are shifted.
const SHIFT: u32 = 10000;

/// A container in a user namespace of its own that knows so many users and groups beside 0.
fn mapped(t: &Trial, others: u32) -> Result<Plan, Stop> {
    let mut maps = vec![json!({ "containerID": 0, "hostID": 0, "size": 1 })];
    if others > 0 {
        maps.push(json!({ "containerID": 1, "hostID": SHIFT + 1, "size": others }));
    }
    Ok(t.container()?.configured(|config| {
        if let Some(namespaces) = config["linux"]["namespaces"].as_array_mut() {
            namespaces.push(json!({ "type": "user" }));
        }
        config["linux"]["uidMappings"] = json!(maps);
        config["linux"]["gidMappings"] = json!(maps);
    }))
}

const WITHOUT_GROUP: &[&str] = &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];

const MAPPED: Case = Case { needs: &[Need::Terminal, Need::ManyIds], ..Case::TERMINAL };

pub const CASES: &[Case] = &[
    Case {
        id: "user-namespace/one-id-is-enough",
        title: "start a container with a terminal in a user namespace that maps one user and one group, where devpts has no gid=",
        requirement: "it starts; its terminal belongs to 0:0, opens as /dev/tty, and is /dev/console",
        why: "who has no range of ids has just such containers",
        references: &[RUNC_EXAMPLE, MAPS],
        covers: &["N01", "N07", "N04"],
        caught_by: &[("create of the runtime", &["slave-group-5-forced"])],
        body: |t| {
            let mut c = mapped(t, 0)?.devpts_options(WITHOUT_GROUP).start()?;
            let seen = c.probe.observe()?;
            let terminal = seen.descriptor(0).map(|fd| (fd.status.user, fd.status.group));
            t.equal("user and group of the terminal", terminal, Some((0, 0)))?;
            dev_tty_is_the_terminal(t, &seen)?;
            console_is_the_terminal(t, &mut c)
        },
        ..MAPPED
    },
    Case {
        id: "user-namespace/unmapped-group-is-an-error",
        title: "create a container with a terminal in a user namespace that maps group 0, where devpts has gid=7",
        requirement: "create fails and the container does not exist; the message, which is recorded, should name the group",
        why: "the kernel says only EINVAL, and mode=0620 with another group gives the terminal to others than was said",
        references: &[RUNC_1646, MAPS],
        covers: &["N02"],
        caught_by: &[("exit status of create", &["devpts-gid-dropped"])],
        body: |t| {
            t.makes_containers()?;
            let options = [WITHOUT_GROUP, &["gid=7"]].concat();
            let attempt = t.attempt(mapped(t, 0)?.devpts_options(&options))?;
            t.records("message", String::from_utf8_lossy(&attempt.finished.stderr.bytes).into_owned());
            t.holds("exit status of create", "not 0", &attempt.finished.status, |status| !status.success())?;
            t.equal("the container exists", attempt.created.lifecycle.is_known()?, false)
        },
        ..MAPPED
    },
    Case {
        id: "user-namespace/owner-is-mapped",
        title: "start a process of user 1000 in a user namespace that shifts users and groups, where devpts has gid=5; look at \
                its terminal from inside and from outside",
        requirement: "it belongs to 1000:5 inside, and to the user and group outside that these are mapped to",
        why: "a group that is taken for the host's gives the terminal to whoever is in that group there",
        level: Level::Kernel,
        references: &[LINUX_FIX, DEVPTS, MAPS],
        covers: &["N03", "N06"],
        caught_by: &[("user and group inside", &["slave-owner-root", "devpts-gid-dropped"])],
        body: |t| {
            let mut c = mapped(t, 2000)?.user(1000, 1000).start()?;
            let terminal = c.probe.stat("/proc/self/fd/0")?;
            t.equal("user and group inside", (terminal.user, terminal.group), (1000, 5))?;
            let path = format!("/proc/{}/root/dev/pts/0", c.lifecycle.pid()?);
            let seen = fs::metadata(&path).map_err(|error| Stop::Error(format!("{path}: {error}")))?;
            t.equal("user and group outside", (seen.uid(), seen.gid()), (SHIFT + 1000, SHIFT + 5))?;
            // The mount table says it in numbers of the machine, which only its root sees.
            let mount = c.probe.observe()?.mount_at("/dev/pts").map(|mount| mount.super_options.clone());
            let group = format!("gid={}", SHIFT + 5);
            let right = |options: &Option<Vec<String>>| options.iter().flatten().any(|option| *option == group);
            if t.machine().root {
                t.holds("options of the devpts mount", &group, &mount, right)?;
            }
            Ok(())
        },
        ..MAPPED
    },
    Case {
        id: "user-namespace/dev-tty-among-the-devices",
        title: "list /dev/tty in linux.devices of a container with a user namespace of its own",
        requirement: "the container starts, and /dev/tty opens as its controlling terminal",
        why: "nodes cannot be made there, so that the host's is bound; opening it for that fails with ENXIO",
        references: &[RUNC_2451],
        covers: &["N04", "A18"],
        caught_by: &[("create of the runtime", &["default-device-entry-refused"])],
        body: |t| {
            let mut c = mapped(t, 2000)?.configured(tty_entry).start()?;
            dev_tty_is_the_terminal(t, &c.probe.observe()?)
        },
        ..MAPPED
    },
    Case {
        id: "user-namespace/ptmx-among-the-devices",
        title: "list /dev/ptmx in linux.devices of a container with a user namespace of its own",
        requirement: "the container starts, and /dev/ptmx leads to its /dev/pts/ptmx",
        why: "the host's node, bound to its place, gives terminals that are not the container's, or an error (EBUSY)",
        references: &[RUNC_2451, SPEC_LINUX.at("#default-devices")],
        covers: &["N05"],
        caught_by: &[("create of the runtime", &["ptmx-device-entry-made"])],
        body: |t| {
            let ptmx: Value = json!([{ "path": "/dev/ptmx", "type": "c", "major": 5, "minor": 2, "fileMode": 0o666 }]);
            let mut c = mapped(t, 2000)?.configured(|config| config["linux"]["devices"] = ptmx).start()?;
            leads_to_its_instance(t, &c.probe.observe()?)
        },
        ..MAPPED
    },
    Case {
        id: "user-namespace/console-is-mounted",
        title: "compare /dev/console and standard input of a container with a user namespace of its own",
        requirement: "one file: the terminal",
        why: "a runtime that leaves the console out where it cannot make nodes has an init system print to nowhere",
        references: &[RUNC_1018, SPEC_LINUX.at("#default-devices")],
        covers: &["N07"],
        caught_by: &[("device and inode of /dev/console", &["console-plain-file"])],
        body: |t| console_is_the_terminal(t, &mut mapped(t, 2000)?.start()?),
        ..MAPPED
    },
];

fn console_is_the_terminal(t: &Trial, c: &mut Container) -> Judgement {
    let [console, input] = ["/dev/console", "/proc/self/fd/0"].map(|path| c.probe.stat(path));
    t.equal("device and inode of /dev/console", console?.file(), input?.file())
}
