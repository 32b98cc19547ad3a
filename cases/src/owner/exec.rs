//! Who owns the terminal of a process that `exec` starts.

use super::{ownership, terminal_of};
use crate::prelude::*;

/// The cases of `exec`.
pub const CASES: &[Case] = &[
    Case {
        id: "owner/exec-as-user-owns-its-terminal",
        title: "exec with a terminal as user 1000 in a container of user 0",
        requirement: "exec's terminal belongs to 1000:5 with mode 0620, and the first process's stays 0:5",
        why: "`exec -u` into a container of root is how people get a shell; ssh, gpg and screen fail there where the \
              terminal is root's",
        level: Level::Convention,
        references: &[CRUN_1159, RUNC_INIT, CRUN_LINUX],
        covers: &["E05"],
        needs: &[Need::Terminal, Need::Exec, Need::ManyIds],
        caught_by: &[("user, group and mode of exec's terminal", &["exec-owner-root", "exec-shares-init-terminal"])],
        body: |t| each_owns_its_own(t, t.container()?, 0, 1000),
    },
    Case {
        id: "owner/exec-as-root-owns-its-terminal",
        title: "exec with a terminal as user 0 in a container of user 1000",
        requirement: "exec's terminal belongs to 0:5 with mode 0620, and the first process's stays 1000:5",
        why: "a root shell on a terminal that another user owns can be read and typed into by that user's processes",
        level: Level::Convention,
        references: &[CRUN_1159, RUNC_INIT, CRUN_LINUX],
        covers: &["E05"],
        needs: &[Need::Terminal, Need::Exec, Need::ManyIds],
        caught_by: &[(
            "user, group and mode of exec's terminal",
            &["exec-owner-is-containers", "exec-shares-init-terminal"],
        )],
        body: |t| each_owns_its_own(t, t.container()?, 1000, 0),
    },
    Case {
        id: "owner/exec-has-the-groups-of-the-file",
        title: "exec with a terminal, a process file of user 1000, group 1000 and the additional groups 5 and 7",
        requirement: "the process has these ids, and its terminal belongs to 1000:5 with mode 0620",
        why: "groups decide what a shell may read; a path of the code for terminals that forgets them is found by nobody else",
        level: Level::Must,
        references: &[SPEC_CONFIG.at("#posix-platform-user")],
        covers: &["J10"],
        needs: &[Need::Terminal, Need::Exec, Need::ManyIds],
        caught_by: &[
            ("user, group and additional groups", &["exec-groups-lost"]),
            ("user, group and mode of exec's terminal", &["exec-owner-root"]),
        ],
        body: |t| {
            let c = t.container()?.start()?;
            let plan = c.exec()?.configured(|process| {
                process["user"] = serde_json::json!({ "uid": 1000, "gid": 1000, "additionalGids": [5, 7] });
            });
            let seen = plan.start()?.probe.observe()?;
            let Identity { user, group, groups } = &seen.process.identity;
            // The kernel keeps the list sorted; whether the group itself is in it is the runtime's choice.
            let additional: Vec<u32> = groups.iter().copied().filter(|one| one != group).collect();
            t.equal("user, group and additional groups", (*user, *group, additional), (1000, 1000, vec![5, 7]))?;
            t.equal(
                "user, group and mode of exec's terminal",
                ownership(terminal_of(&seen)?),
                (1000, 5, "0620".to_owned()),
            )
        },
    },
];

/// The terminal of exec given to the container's user.
const CRUN_1159: Reference = issue("crun pull request 1159", "https://github.com/containers/crun/pull/1159");

/// In a container of one user, `exec` with a terminal as another: each has a terminal of its own.
fn each_owns_its_own(t: &Trial, plan: Plan, first: u32, second: u32) -> Judgement {
    let mut container = plan.user(first, first).start()?;
    let mut exec = container.exec()?.user(second, second).start()?;
    let seen = exec.probe.observe()?;
    t.equal("user, group and mode of exec's terminal", ownership(terminal_of(&seen)?), (second, 5, "0620".to_owned()))?;
    let own = seen.descriptor(0).map_or("", |fd| fd.link.as_str());
    let opened = exec.probe.open_terminal(own)?;
    let found = opened.map(|opened| opened.status.file());
    t.equal("opening exec's terminal by its name", found, Ok(terminal_of(&seen)?.file()))?;
    let first_seen = container.probe.stat("/proc/self/fd/0")?;
    let seen = ownership(&first_seen);
    t.equal("user, group and mode of the first process's terminal", seen, (first, 5, "0620".to_owned()))
}
