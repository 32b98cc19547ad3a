//! A terminal is wanted, and what lies at `/dev/pts` can give none.

use super::ptmx::RUNC_CONSOLE;
use crate::prelude::*;
use serde_json::{Value, json};
use std::os::unix::fs::symlink;

/// create fails, nothing of the container is there, and no descriptor was sent to anybody.
fn gives_no_terminal(t: &Trial, plan: Plan) -> Judgement {
    t.makes_containers()?;
    let before = t.mounts()?;
    let attempt = t.attempt(plan)?;
    let messages = attempt.created.reception.iter().flat_map(|reception| &reception.connections);
    let sent: usize =
        messages.flat_map(|connection| &connection.messages).map(|message| message.descriptors.len()).sum();
    t.equal("descriptors that came over the console socket", sent, 0)?;
    t.holds("exit status of create", "not 0", &attempt.finished.status, |status| !status.success())?;
    t.equal("the container exists", attempt.created.lifecycle.is_known()?, false)?;
    t.mounts_are_as(&before)
}

fn mounts(config: &mut Value) -> impl Iterator<Item = &mut Value> {
    config["mounts"].as_array_mut().into_iter().flatten()
}

/// What turns each of these cases red.
const CAUGHT: &[(&str, &[&str])] =
    &[("descriptors that came over the console socket", &["terminal-of-the-host-at-need"])];

/// The cases of a `/dev/pts` that is no devpts.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/missing-mount-is-an-error",
        title: "create a container with a terminal whose config mounts no devpts",
        requirement: "create fails, no descriptor is sent, and the container does not exist",
        why: "going on with a terminal of the host's gives the container one that has no name inside",
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors"), RUNC_CONSOLE],
        covers: &["A24"],
        needs: &[Need::Terminal],
        caught_by: CAUGHT,
        body: |t| {
            let plan = t.container()?.configured(|config| {
                if let Some(mounts) = config["mounts"].as_array_mut() {
                    mounts.retain(|mount| mount["destination"] != "/dev/pts");
                }
            });
            gives_no_terminal(t, plan)
        },
    },
    Case {
        id: "devpts/another-filesystem-is-refused",
        title: "create a container with a terminal where a tmpfs is mounted on /dev/pts",
        requirement: "create fails, no descriptor is sent, and the container does not exist",
        why: "a filesystem of the container's choosing could offer a ptmx of its own making, and the host would get \
              whatever that opens",
        level: Level::Security,
        references: &[RUNC_CONSOLE],
        covers: &["A25"],
        needs: &[Need::Terminal],
        caught_by: CAUGHT,
        body: |t| {
            let plan = t.container()?.configured(|config| {
                for pts in mounts(config).filter(|mount| mount["destination"] == "/dev/pts") {
                    *pts = json!({ "destination": "/dev/pts", "type": "tmpfs", "source": "tmpfs", "options": [] });
                }
            });
            gives_no_terminal(t, plan)
        },
    },
    Case {
        id: "devpts/files-in-its-place-are-refused",
        title: "create a container with a terminal where a directory of the host is bound to /dev/pts that holds files \
                ptmx and 0",
        requirement: "create fails, no descriptor is sent, the container does not exist, and the files stay as they were",
        why: "what such a ptmx opens is not a terminal, and who gets it as one hangs or is deceived",
        level: Level::Security,
        references: &[RUNC_CONSOLE],
        covers: &["A25"],
        needs: &[Need::Terminal],
        caught_by: CAUGHT,
        body: |t| {
            let directory = t.directory()?;
            let files = ["ptmx", "0"].map(|name| directory.join(name));
            let failed = |error: std::io::Error| Stop::Error(format!("{}: {error}", directory.display()));
            files.iter().try_for_each(|file| std::fs::write(file, "kept\n")).map_err(failed)?;
            let plan = t.container()?.configured(|config| {
                for pts in mounts(config).filter(|mount| mount["destination"] == "/dev/pts") {
                    *pts = json!({
                        "destination": "/dev/pts", "type": "bind", "source": directory, "options": ["bind"]
                    });
                }
            });
            gives_no_terminal(t, plan)?;
            let kept = files.map(|file| std::fs::read_to_string(file).unwrap_or_default());
            t.equal("contents of ptmx and 0", kept, ["kept\n", "kept\n"].map(str::to_owned))
        },
    },
    // devpts itself has no links, so that one there stands on another file system; what it leads to is a devpts.
    Case {
        id: "devpts/link-in-place-of-ptmx-is-refused",
        title: "create a container with a terminal where a directory of the host is bound to /dev/pts that holds nothing but \
                a link ptmx, which leads to the ptmx of a devpts elsewhere in the container",
        requirement: "create fails, no descriptor is sent, and the container does not exist",
        why: "who follows the link makes a terminal of whatever it leads to, and mounts something that is none at \
              /dev/console: so it began in CVE-2025-52565",
        level: Level::Security,
        references: &[RUNC_CONSOLE, ADVISORY_CONSOLE],
        covers: &["A26"],
        needs: &[Need::Terminal],
        caught_by: &[("descriptors that came over the console socket", &["ptmx-opened-by-path"])],
        body: |t| {
            let directory = t.directory()?;
            symlink("/elsewhere/ptmx", directory.join("ptmx"))
                .map_err(|error| Stop::Error(format!("{}: {error}", directory.display())))?;
            let plan = t.container()?.configured(|config| {
                let pts = mounts(config).find(|mount| mount["destination"] == "/dev/pts").map(|pts| {
                    let bound = json!({
                        "destination": "/dev/pts", "type": "bind", "source": directory, "options": ["bind"]
                    });
                    std::mem::replace(pts, bound)
                });
                if let (Some(mut pts), Some(mounts)) = (pts, config["mounts"].as_array_mut()) {
                    pts["destination"] = json!("/elsewhere");
                    mounts.push(pts);
                }
            });
            gives_no_terminal(t, plan)
        },
    },
];
