//! What every other case about containers builds on, and what containers must bear.

use crate::kernel::instance::Instance;
use crate::prelude::*;
use crate::refused::is_refused;
use serde_json::json;
use std::time::{Duration, Instant};

pub const CASES: &[Case] = &[
    SIMPLEST,
    Case {
        id: "lifecycle/kill-while-the-process-waits-to-write",
        title: "let the first process write to a terminal that nobody reads, and to one that ^S has stopped, until it waits \
                there; kill it with SIGKILL through the runtime",
        requirement: "each time kill succeeds, the process ends though nobody reads, and the state becomes stopped",
        why: "a program that prints into a window which nobody looks at must not be one that nobody can stop",
        references: &[SPEC_RUNTIME.at("#kill"), manual("signal(7)")],
        covers: &["M05"],
        caught_by: &[("the first process ends", &["kill-asks-only"])],
        body: |t| {
            for is_stopped in [false, true] {
                let mut c = t.container()?.start()?;
                if is_stopped {
                    c.types("\x13")?;
                    // The key has worked once the line that follows is there.
                    c.types("x\n")?;
                    c.reads("x\n")?;
                }
                let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: 1 << 20 };
                let is_waiting = c.probe.begin(write)?.sleeps()?;
                t.equal("the process waits to write", is_waiting, true)?;
                c.lifecycle.kill("KILL")?;
                t.equal("the first process ends", c.lifecycle.ends()?, true)?;
                t.equal("status", c.lifecycle.status()?, "stopped".to_owned())?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "lifecycle/a-hundred-in-a-row",
        title: "run containers with a terminal in the foreground, one after another, whose process exits with status 3: a \
                hundred, or as many as there is time for",
        requirement: "each exits with 3; in none but one do the runtime and all that it has started sleep for a second, where \
                      in most they sleep for less than a tenth of that, or else ten times as long as in most",
        why: "what goes wrong once in many starts is what keeps CI systems and their users busy",
        references: &[issue("containerd issue 840", "https://github.com/containerd/containerd/issues/840")],
        covers: &["M10"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("exit status", &["exit-code-lost"]), ("the slowest runs but one", &["some-starts-are-slow"])],
        body: |t| {
            let begun = Instant::now();
            let mut slept = Vec::new();
            while slept.len() < 100 && begun.elapsed() < t.patience() {
                let exit = step::End { ending: Ending::Exit(3) };
                let run = t.container()?.performing(&[exit.into()]).foreground(Caller::at_a_terminal())?;
                let vigil = run.vigil();
                let returned = run.returns()?;
                slept.push(vigil.end());
                t.equal("exit status", returned.finished.status.code(), Some(3))?;
            }
            slept.sort();
            let limit = Duration::from_secs(1).max(10 * slept[slept.len() / 2]);
            let slow: Vec<Duration> = slept.into_iter().rev().skip(1).take_while(|slept| *slept > limit).collect();
            t.equal("the slowest runs but one", slow, Vec::new())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "lifecycle/no-terminal-is-left",
        title: "create a container whose /dev/pts is a devpts that allows one terminal (max=1), which somebody has; then \
                give that one back, and create it again",
        requirement: "create fails with a message and leaves nothing, and nobody is sent a master; the second container starts",
        why: "when a machine is out of terminals the error must say so, and pass when there are some again",
        references: &[DEVPTS, manual("pts(4)"), SPEC_RUNTIME.at("#errors")],
        covers: &["M02"],
        caught_by: &[("exit status of create", &["terminal-of-the-host-at-need"])],
        body: |t| {
            let (mut owner, instance) = Instance::with_actor(t, "ptmxmode=666,max=1")?;
            let taken = instance.new_pty(&mut owner)?;
            let plan = || -> Result<Plan, Stop> {
                let mount = json!({
                    "destination": "/dev/pts", "type": "bind", "source": instance.point(), "options": ["bind"]
                });
                Ok(t.container()?.configured(|config| {
                    for pts in config["mounts"].as_array_mut().into_iter().flatten() {
                        if pts["destination"] == "/dev/pts" {
                            *pts = mount.clone();
                        }
                    }
                }))
            };
            is_refused(t, "create", plan()?)?;
            owner.close(taken.master)?;
            owner.close(taken.slave)?;
            let mut c = plan()?.start()?;
            c.types("works\n")?;
            c.receives("works\r\n").map_err(Stop::from)
        },
        ..Case::TERMINAL
    },
];

/// The case without which no other says anything.
const SIMPLEST: Case = Case {
    id: "lifecycle/simplest-container",
    title: "create, start, end and delete a container without a terminal",
    requirement: "each call succeeds, the container's process runs in between, and its streams are the caller's",
    why: "where the simplest container fails, everything else fails for the same reason",
    level: Level::Must,
    references: &[SPEC_RUNTIME.at("#lifecycle"), manual("isatty(3)")],
    covers: &["D11"],
    needs: &[Need::First],
    caught_by: &[("kinds of 0, 1 and 2", &["terminal-although-false"])],
    body: |t| {
        let mut c = t.container()?.without_terminal().start()?;
        let seen = c.probe.observe()?;
        let kinds = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.kind));
        t.equal("kinds of 0, 1 and 2", kinds, [Some(FileKind::Fifo); 3])?;
        // There is no answer to wait for.
        let _ = c.probe.begin(step::End { ending: Ending::Exit(0) })?;
        t.equal("the process ends", c.lifecycle.ends()?, true)?;
        c.lifecycle.delete()?;
        Ok(())
    },
};
