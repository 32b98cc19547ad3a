//! exec that cannot be, or of which little is left.

use crate::prelude::*;
use serde_json::{Value, json};
use std::time::Instant;

pub const CASES: &[Case] = &[
    Case {
        id: "exec/terminal-where-dev-pts-is-covered",
        title: "let the container mount a tmpfs over its /dev/pts, and exec with a terminal",
        requirement: "an error, and nobody gets a master; or else the terminal is of the container's own devpts",
        why: "a runtime that then opens /dev/pts/N of the host by that number gives the container somebody else's terminal",
        level: Level::Security,
        references: &[TERMINALS.at("#new-terminal"), DEVPTS],
        covers: &["J07"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("devpts of the terminal of exec", &["exec-in-host-devpts"])],
        body: |t| {
            let plan = t.container()?.configured(|config| {
                for set in ["bounding", "effective", "permitted"] {
                    if let Some(set) = config["process"]["capabilities"][set].as_array_mut() {
                        set.push(json!("CAP_SYS_ADMIN"));
                    }
                }
            });
            let mut c = plan.start()?;
            let own = c.terminal()?.facts()?.device;
            c.probe.mount_new("tmpfs", "/dev/pts", 0, "")?;
            let (finished, reception) = c.exec()?.performing(&[]).attempt()?;
            let succeeded = finished.status.success();
            t.reports("exec", if succeeded { "done" } else { "refused" }, finished.describe());
            // Without a terminal there is no master, and with one it is the container's.
            let master = reception.and_then(|came| came.into_master().ok()).map(|master| master.facts()).transpose();
            let device =
                master.map_err(|errno| Stop::Error(format!("looking at a master: {errno}")))?.map(|facts| facts.device);
            t.equal("devpts of the terminal of exec", device, succeeded.then_some(own))
        },
    },
    Case {
        id: "exec/no-more-terminals",
        title: "exec with a terminal into a container whose devpts allows a single one (max=1)",
        requirement: "exec fails with a message, nothing is left of it, and the first process's terminal works as before",
        why: "a health check that finds no terminal must say so; a process that was half made hangs in the container for ever",
        level: Level::Convention,
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["J08"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("exit status of exec", &["exec-in-host-devpts"])],
        body: |t| {
            let options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "max=1"];
            let mut c = t.container()?.devpts_options(&options).start()?;
            let before = c.probe.list("/proc")?.len();
            let (finished, _) = c.exec()?.performing(&[]).attempt()?;
            t.holds("exit status of exec", "not 0", &finished.status, |status| !status.success())?;
            t.holds("standard error of exec", "a message", &finished.stderr.bytes, |message| !message.is_empty())?;
            // What has failed inside may still be ending when exec returns.
            let (begun, mut after) = (Instant::now(), c.probe.list("/proc")?.len());
            while after != before && begun.elapsed() < t.patience() {
                after = c.probe.list("/proc")?.len();
            }
            t.equal("entries of /proc after it", after, before)?;
            c.has_nothing_left_over().map_err(Stop::from)
        },
    },
    Case {
        id: "exec/program-that-is-not-there",
        title: "exec a program that does not exist, detached with a terminal and in the foreground without one",
        requirement: "a status other than 0 and a message; the status of each is recorded",
        why: "a health check must tell a program that failed from one that never ran",
        level: Level::Convention,
        references: &[
            issue("runc issue 3073", "https://github.com/opencontainers/runc/issues/3073"),
            manual("execve(2)"),
        ],
        covers: &["J09"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("exit status of the detached exec", &["failure-before-the-program-hidden"])],
        body: |t| {
            let c = t.container()?.start()?;
            let absent = |process: &mut Value| process["args"] = json!(["/no/such/program"]);
            let (finished, _) = c.exec()?.configured(absent).attempt()?;
            t.holds("exit status of the detached exec", "not 0", &finished.status, |status| !status.success())?;
            t.holds("its standard error", "a message", &finished.stderr.bytes, |message| !message.is_empty())?;
            t.records("detached", finished.status);
            let plan = c.exec()?.configured(absent).without_terminal();
            let returned = plan.foreground(Caller::without_terminal())?.returns()?;
            let status = returned.finished.status;
            t.holds("exit status in the foreground", "not 0", &status, |status| !status.success())?;
            t.holds("standard error in the foreground", "a message", &returned.stderr, |message| !message.is_empty())?;
            t.records("in the foreground", status);
            Ok(())
        },
    },
];
