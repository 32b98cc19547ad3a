//! `/dev` as configs make it: entries of linux.devices that are there anyway, a `/dev` of the host's, and one that is
//! read-only.

use crate::prelude::*;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::MetadataExt};

const TTY: DeviceNumber = DeviceNumber { major: 5, minor: 0 };

/// A config that lists a default device.
const RUNC_2451: Reference = issue("runc pull request 2451", "https://github.com/opencontainers/runc/pull/2451");

/// A runtime that has replaced the host's ptmx.
const RUNC_80: Reference = issue("runc issue 80", "https://github.com/opencontainers/runc/issues/80");

/// Consoles where nothing can be made.
const RUNC_3248: Reference = issue("runc issue 3248", "https://github.com/opencontainers/runc/issues/3248");
const CRUN_2061: Reference = issue("crun pull request 2061", "https://github.com/containers/crun/pull/2061");

/// An entry for `/dev/tty`, as engines write it that copy the host's devices.
pub fn tty_entry(config: &mut Value) {
    let entry =
        json!({ "path": "/dev/tty", "type": "c", "major": 5, "minor": 0, "fileMode": 0o666, "uid": 0, "gid": 0 });
    config["linux"]["devices"] = json!([entry]);
}

/// `/dev/tty` is the node 5:0, and opens as the first process's controlling terminal.
pub fn dev_tty_is_the_terminal(t: &Trial, seen: &Facts) -> Judgement {
    let node = seen.dev_entry("tty").map(|entry| (entry.status.kind, entry.status.node));
    t.equal("kind and device of /dev/tty", node, Some((FileKind::CharacterDevice, TTY)))?;
    let session = seen.controlling_terminal.clone().and_then(|terminal| terminal.session);
    t.equal("session of /dev/tty", session, Ok(seen.process.pid))
}

/// The terminal works both ways, and `/dev/console` is it.
fn has_a_working_terminal(t: &Trial, c: &mut Container) -> Judgement {
    let [console, input] = ["/dev/console", "/proc/self/fd/0"].map(|path| c.probe.stat(path));
    t.equal("device and inode of /dev/console", console?.file(), input?.file())?;
    c.types("a line\n")?;
    c.receives("a line\r\n")?;
    Ok(c.reads("a line\n")?)
}

pub const CASES: &[Case] = &[
    Case {
        id: "devices/dev-tty-is-the-node",
        title: "look at /dev/tty in containers with a terminal, as root and as user 1000",
        requirement: "a character device 5:0, which everybody may open",
        why: "programs that ask for a password open it, whoever they run as",
        level: Level::Must,
        references: &[SPEC_LINUX.at("#default-devices"), manual("tty(4)")],
        covers: &["A19"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("kind and device of /dev/tty", &["dev-tty-missing"])],
        body: |t| {
            dev_tty_is_the_terminal(t, &t.standard_terminal()?.inside)?;
            let user = t.standard_user()?.inside;
            dev_tty_is_the_terminal(t, &user)
        },
    },
    Case {
        id: "devices/redundant-tty-device-is-accepted",
        title: "list /dev/tty, 5:0, in linux.devices although it is a default device",
        requirement: "the container starts, and /dev/tty opens as its controlling terminal",
        why: "engines that copy the host's devices into the config list it; a second node of that name is an error to mknod",
        references: &[RUNC_2451, SPEC_LINUX.at("#default-devices")],
        covers: &["A18"],
        caught_by: &[("create of the runtime", &["default-device-entry-refused"])],
        body: |t| {
            let mut c = t.container()?.configured(tty_entry).start()?;
            dev_tty_is_the_terminal(t, &c.probe.observe()?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devices/dev-of-the-host-stays-as-it-was",
        title: "run a container with a terminal whose config binds the host's /dev to /dev, and a devpts over it",
        requirement: "the terminal works, and the host's /dev/ptmx and /dev/console keep kind, device, mode, owner and inode",
        why: "a link in the place of the host's ptmx takes terminals away from everybody on the machine",
        references: &[RUNC_80, CRUN_LINUX],
        covers: &["A20"],
        caught_by: &[("the host's ptmx and console", &["ptmx-replaced-in-a-bound-dev"])],
        body: |t| {
            let look = || {
                ["ptmx", "console"].map(|name| {
                    let node = fs::symlink_metadata(format!("/dev/{name}")).ok()?;
                    let mode_and_owner = format!("{:o} {}:{}", node.mode(), node.uid(), node.gid());
                    Some((mode_and_owner, DeviceNumber::of(node.rdev()), node.ino()))
                })
            };
            let before = look();
            let mut c = t
                .container()?
                .configured(|config| {
                    for dev in config["mounts"].as_array_mut().into_iter().flatten() {
                        if dev["destination"] == "/dev" {
                            *dev = json!({
                                "destination": "/dev", "type": "bind", "source": "/dev", "options": ["rbind", "rprivate"]
                            });
                        }
                    }
                })
                .start()?;
            c.types("a line\n")?;
            c.receives("a line\r\n")?;
            c.lifecycle.delete()?;
            t.equal("the host's ptmx and console", look(), before)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devices/read-only-dev-has-a-terminal",
        title: "start a container with a terminal whose tmpfs on /dev is to be read-only",
        requirement: "/dev is read-only, the terminal works, and /dev/console is it",
        why: "hardened containers have a read-only /dev; who makes it so too early can place nothing in it",
        references: &[RUNC_3248, CRUN_2061],
        covers: &["A28"],
        caught_by: &[("create of the runtime", &["dev-read-only-too-early"])],
        body: |t| {
            let plan = t.container()?.configured(|config| {
                for mount in config["mounts"].as_array_mut().into_iter().flatten() {
                    if let Some(options) = mount["options"].as_array_mut().filter(|o| o.contains(&json!("strictatime")))
                    {
                        options.push(json!("ro"));
                    }
                }
            });
            is_read_only_and_works(t, plan, "/dev")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devices/read-only-root-has-a-terminal",
        title: "start a container with a terminal whose root is read-only and has no mount on /dev",
        requirement: "the root is read-only, the terminal works, and /dev/console is it",
        why: "the runtime places its nodes in the image's own /dev there, before that is write-protected",
        references: &[SPEC_CONFIG.at("#root"), CRUN_2061],
        covers: &["A28", "B17"],
        caught_by: &[("create of the runtime", &["dev-read-only-too-early"])],
        body: |t| {
            let plan = t.container()?.configured(|config| {
                config["root"]["readonly"] = true.into();
                if let Some(mounts) = config["mounts"].as_array_mut() {
                    mounts.retain(|mount| mount["destination"] != "/dev");
                }
            });
            is_read_only_and_works(t, plan, "/")
        },
        ..Case::TERMINAL
    },
];

fn is_read_only_and_works(t: &Trial, plan: Plan, point: &str) -> Judgement {
    let mut c = plan.start()?;
    let seen = c.probe.observe()?;
    let options = seen.mount_at(point).map(|mount| mount.options.clone()).unwrap_or_default();
    t.holds(&format!("options of the mount at {point}"), "ro among them", &options, |o| o.contains(&"ro".to_owned()))?;
    has_a_working_terminal(t, &mut c)
}
