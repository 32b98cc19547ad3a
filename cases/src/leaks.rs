//! What must be gone when a container is.

use crate::{prelude::*, refused::is_refused};
use ptyproof_harness::deadline::Deadline;
use std::time::Duration;

pub const CASES: &[Case] = &[
    Case {
        id: "leaks/cycles-free-their-ptys",
        title: "make, start, end and delete containers with a terminal, and look for ptys that are left",
        requirement: "no process has one open, and neither the containers' devpts nor the caller's has one more",
        why: "ptys are limited for the whole machine (kernel.pty.max): when they are gone nobody can log in any more",
        references: &[TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["M01"],
        caught_by: &[("processes that have a terminal open", &["pty-not-released"])],
        body: |t| {
            leaves_no_pty(t, |t| {
                let mut c = t.container()?.start()?;
                let devpts = c.lifecycle.devpts()?;
                let end = c.take_terminal()?;
                ends(&mut c.probe)?;
                c.lifecycle.ends()?;
                c.lifecycle.delete()?;
                drop(end);
                t.equal("terminals in the container's devpts", devpts.slaves()?, vec![])
            })
        },
        ..Case::TERMINAL
    },
    Case {
        id: "leaks/failed-creates-free-their-ptys",
        title: "try to make containers with a terminal whose program does not exist, and look for ptys that are left",
        requirement: "no process has one open, and the devpts of the runtime's caller has no more than before",
        why: "a supervisor that retries a broken container every second uses up the machine's ptys",
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors"), manual("pty(7)")],
        covers: &["M01", "M09"],
        needs: &[Need::Terminal],
        caught_by: &[
            ("bytes on the terminal", &["failed-create-keeps-pty"]),
            ("the container exists", &["failed-create-leaves-state"]),
        ],
        body: |t| {
            t.makes_containers()?;
            leaves_no_pty(t, |t| fails(t, impossible(t)?))
        },
    },
    Case {
        id: "leaks/failed-create-leaves-nothing",
        title: "create a container with a terminal whose mount has no source",
        requirement: "create fails; no container, mount, state, process or open terminal is left",
        why: "the next attempt under the same name is refused, and what is left is never cleaned up",
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors")],
        covers: &["M09"],
        needs: &[Need::Terminal],
        caught_by: &[("the container exists", &["failed-create-leaves-state"])],
        body: |t| {
            let plan = t.container()?.configured(|config| {
                let mut mount = config["mounts"][0].clone();
                mount["destination"] = "/nothing".into();
                mount["type"] = "bind".into();
                mount["source"] = "/no/such/source".into();
                mount["options"] = ["bind"].as_slice().into();
                if let Some(mounts) = config["mounts"].as_array_mut() {
                    mounts.push(mount);
                }
            });
            let id = plan.id().to_owned();
            is_refused(t, "create", plan)?;
            t.equal("its state directory exists", t.bench().state().join(&id).exists(), false)?;
            let holders = master_holders().map_err(|error| Stop::Error(error.to_string()))?;
            t.equal("processes with a master", holders, vec![])
        },
    },
    Case {
        id: "leaks/broken-config-is-an-error",
        title: "create containers whose config.json is empty, ends early, or says a word where terminal is yes or no",
        requirement: "create fails each time, and no container is known afterwards",
        why: "a caller that is told of success waits for a container and a terminal that never come",
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors")],
        covers: &["M09"],
        needs: &[Need::Terminal],
        caught_by: &[("exit status of create with the config.json \"\"", &["broken-config-accepted"])],
        body: |t| {
            for text in ["", r#"{"ociVersion": "1.0.2", "process": {"#, r#"{"process": {"terminal": "yes"}}"#] {
                let what = format!("create with the config.json {text:?}");
                is_refused(t, &what, t.container()?.config_text(text))?;
            }
            Ok(())
        },
    },
    Case {
        id: "leaks/exec-frees-its-terminal",
        title: "start processes with a terminal in one container, one after another, each to its end",
        requirement: "each gets the same number, and after the last only the container's own terminal is left",
        why: "health checks run exec every few seconds for months; each pty that stays brings the machine's limit nearer",
        level: Level::Convention,
        references: &[TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["M01", "J03"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("number of its terminal", &["exec-entry-stays"])],
        body: |t| {
            let c = t.container()?.start()?;
            let devpts = c.lifecycle.devpts()?;
            let own = devpts.slaves()?;
            let next = devpts.next_number()?;
            for _ in 0..CYCLES {
                let mut execution = c.exec()?.start()?;
                t.equal("number of its terminal", execution.terminal()?.facts()?.number, next)?;
                ends(&mut execution.probe)?;
                execution.terminal()?.receives_rest()?;
            }
            t.equal("terminals in the container", devpts.slaves()?, own)?;
            t.equal("number of the next terminal", devpts.next_number()?, next)
        },
    },
    Case {
        id: "leaks/delete-before-start-hangs-up",
        title: "create a container with a terminal, hold its master, kill and delete it without starting it",
        requirement: "the master hangs up, and nothing was printed",
        why: "an engine that gives up between create and start waits for the hang-up to clean up after itself",
        references: &[SPEC_RUNTIME.at("#delete"), TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["M04"],
        caught_by: &[("bytes on the terminal", &["pty-not-released"])],
        body: |t| {
            let mut created = t.container()?.create()?;
            let terminal = created.take_terminal()?;
            // Only what has ended may be deleted, says the specification.
            created.lifecycle.kill("KILL")?;
            created.lifecycle.ends()?;
            created.lifecycle.delete()?;
            let rest = terminal.map(|mut terminal| terminal.receives_rest()).transpose()?;
            t.equal("what comes before the hang-up", rest, Some(Vec::new()))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "leaks/delete-frees-the-pty",
        title: "delete a running container while its master is held, then let the master go",
        requirement: "the master hangs up at once, and after it is closed the container's devpts has no pty left",
        why: "a runtime's helper that keeps the slave open keeps the terminal alive after its container",
        references: &[TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["M07"],
        caught_by: &[("bytes on the terminal", &["pty-not-released"])],
        body: |t| {
            let before = t.mounts()?;
            let mut c = t.container()?.start()?;
            let devpts = c.lifecycle.devpts()?;
            let mut terminal = c.take_terminal()?;
            c.lifecycle.delete()?;
            t.equal("what comes before the hang-up", terminal.receives_rest()?, Vec::new())?;
            drop(terminal);
            t.equal("terminals in the container's devpts", devpts.slaves()?, Vec::new())?;
            t.equal("number of its next terminal", devpts.next_number()?, 0)?;
            t.mounts_are_as(&before)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "leaks/no-master-in-the-container",
        title: "list the open descriptors of a container's process",
        requirement: "none is a pty master",
        why: WHY_NO_MASTER,
        level: Level::Security,
        references: &[TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["L10", "D09"],
        needs: &[Need::Terminal],
        caught_by: &[("descriptors of a master", &["master-leaked"])],
        body: |t| t.equal("descriptors of a master", masters(&t.standard_terminal()?.inside), vec![]),
    },
    Case {
        id: "leaks/no-master-in-exec",
        title: "start another process with a terminal in a running container, and list its open descriptors",
        requirement: "none is a pty master, neither in it nor in the container's first process",
        why: WHY_NO_MASTER,
        level: Level::Security,
        references: &[TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["L10", "D09"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("descriptors of a master", &["master-leaked"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut execution = c.exec()?.start()?;
            t.equal("descriptors of a master", masters(&execution.probe.observe()?), vec![])?;
            t.equal("descriptors of a master in the first process", masters(&c.probe.observe()?), vec![])
        },
    },
];

/// How often a cycle is done before ptys are looked for.
const CYCLES: usize = 10;

/// How long processes that are ending may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// Cycles leave no pty: a pty lives as long as a process has it open, and none of the run's does; and none was made in
/// the devpts of the runtime's caller, which no other run shares.
fn leaves_no_pty(t: &Trial, mut cycle: impl FnMut(&Trial) -> Judgement) -> Judgement {
    let before = callers_ptys()?;
    for _ in 0..CYCLES {
        cycle(t)?;
    }
    let held = lasting_pty_holders(Deadline::after(GRACE)).map_err(|error| Stop::Error(error.to_string()))?;
    t.equal("processes that have a terminal open", held, vec![])?;
    t.equal("entries of the caller's /dev/pts", callers_ptys()?, before)
}

/// What the runtime's caller has in /dev/pts.
fn callers_ptys() -> Result<Vec<String>, Stop> {
    let entries = std::fs::read_dir("/dev/pts").and_then(|all| all.collect::<Result<Vec<_>, _>>());
    let entries = entries.map_err(|error| Stop::Error(format!("/dev/pts: {error}")))?;
    let mut names: Vec<String> = entries.iter().map(|entry| entry.file_name().display().to_string()).collect();
    names.sort();
    Ok(names)
}

/// Ends a process with status 0; the harness hears no more of it.
fn ends(probe: &mut ptyproof_harness::probe::Probe) -> Judgement {
    // There is no answer to wait for.
    let _ = probe.begin(step::End { ending: Ending::Exit(0) })?;
    Ok(())
}

/// A container that cannot be made, for a reason that shows when half of it is there.
fn impossible(t: &Trial) -> Result<Plan, Stop> {
    Ok(t.container()?.configured(|config| {
        config["process"]["args"] = ["/no/such/program"].as_slice().into();
    }))
}

/// Makes it, and where the runtime looks for its program later, tries to start it, which must fail then.
fn fails(t: &Trial, plan: Plan) -> Judgement {
    let mut attempt = t.attempt(plan)?;
    let terminal = match &attempt.created.reception {
        Some(reception) if !reception.connections.is_empty() => {
            // A runtime that fails before it sends its master has sent none.
            attempt.created.take_terminal().ok().flatten()
        }
        _ => None,
    };
    let lifecycle = &attempt.created.lifecycle;
    if attempt.finished.status.success() {
        t.holds("exit status of start", "not 0", &lifecycle.call("start", &[])?.status, |status| !status.success())?;
        // It has ended, or waits for another attempt.
        lifecycle.delete()?;
    }
    t.equal("the container exists", lifecycle.is_known()?, false)?;
    if let Some(mut terminal) = terminal {
        t.equal("what comes before the hang-up", terminal.receives_rest()?, Vec::new())?;
    }
    Ok(())
}

/// The descriptors of masters that a process has.
fn masters(seen: &Facts) -> Vec<(i32, &str)> {
    let masters = seen.descriptors.iter().filter(|fd| fd.status.node == DeviceNumber::PTMX);
    masters.map(|fd| (fd.number, fd.link.as_str())).collect()
}

const WHY_NO_MASTER: &str = "with the master a program in the container reads what its user types before any other \
                             program does, and the terminal never hangs up";
