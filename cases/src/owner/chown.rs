//! How the terminal is given to the process's user.

use super::ownership;
use crate::prelude::*;
use serde_json::json;

/// chown that leaves the group alone, mapped or not.
const RUNC_4679: Reference = issue("runc pull request 4679", "https://github.com/opencontainers/runc/pull/4679");

/// A chown that fails although nothing depends on it.
const CRUN_1841: Reference = issue("crun issue 1841", "https://github.com/containers/crun/issues/1841");

/// The same in an engine.
const PODMAN_25751: Reference = issue("podman issue 25751", "https://github.com/containers/podman/issues/25751");

pub(super) const CASES: &[Case] = &[
    Case {
        id: "owner/chown-leaves-the-group",
        title: "start a process of 1000:1001 where devpts has no gid=",
        requirement: "the terminal belongs to user 1000 and to group 0, which made it; mode 0620",
        why: "a runtime that gives the terminal to the process's group, too, lets all of that group write to it",
        level: Level::Convention,
        references: &[RUNC_INIT, CRUN_LINUX, RUNC_4679, manual("chown(2)")],
        covers: &["E04", "E02"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("user, group and mode of the terminal", &["slave-group-is-users"])],
        body: |t| {
            let options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
            let mut container = t.container()?.user(1000, 1001).devpts_options(&options).start()?;
            let terminal = container.probe.stat("/proc/self/fd/0")?;
            t.equal("user, group and mode of the terminal", ownership(&terminal), (1000, 0, "0620".to_owned()))
        },
    },
    Case {
        id: "owner/unmapped-tty-group-does-no-harm",
        title: "start a process of user 1000 in a user namespace that maps group 0 only",
        requirement: "the container starts, and its terminal belongs to 1000:0",
        why: "rootless containers and those with few ids have no group 5; a runtime that gives the terminal to it \
              fails with EINVAL before the process runs",
        level: Level::Convention,
        references: &[RUNC_4679, RUNC_INIT, manual("user_namespaces(7)")],
        covers: &["E04"],
        needs: &[Need::Terminal, Need::MachineRoot],
        caught_by: &[
            ("create of the runtime", &["slave-group-5-forced"]),
            ("user, group and mode of the terminal", &["slave-owner-root"]),
        ],
        body: |t| {
            let mut container = t
                .container()?
                .user(1000, 0)
                .devpts_options(&["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"])
                .configured(|config| {
                    if let Some(namespaces) = config["linux"]["namespaces"].as_array_mut() {
                        namespaces.push(json!({ "type": "user" }));
                    }
                    config["linux"]["uidMappings"] = json!([{ "containerID": 0, "hostID": 0, "size": 2000 }]);
                    config["linux"]["gidMappings"] = json!([{ "containerID": 0, "hostID": 0, "size": 1 }]);
                })
                .start()?;
            let terminal = container.probe.stat("/proc/self/fd/0")?;
            t.equal("user, group and mode of the terminal", ownership(&terminal), (1000, 0, "0620".to_owned()))
        },
    },
    Case {
        id: "owner/read-only-devpts-does-no-harm",
        title: "start a process of user 1000 where devpts is mounted read-only",
        requirement: "the container starts with a terminal, which stays root's because its owner cannot be changed",
        why: "the owner is a convenience: a container that worked without it must not fail to start because chown \
              says EROFS or EPERM",
        level: Level::Convention,
        references: &[RUNC_INIT, CRUN_1841, PODMAN_25751],
        covers: &["E06"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("create of the runtime", &["chown-failure-fatal"])],
        body: |t| {
            let options = ["ro", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"];
            let mut container = t.container()?.user(1000, 1000).devpts_options(&options).start()?;
            let terminal = container.probe.stat("/proc/self/fd/0")?;
            t.equal("user, group and mode of the terminal", ownership(&terminal), (0, 5, "0620".to_owned()))?;
            container.has_nothing_left_over()?;
            Ok(())
        },
    },
];
