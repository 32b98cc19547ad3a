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
