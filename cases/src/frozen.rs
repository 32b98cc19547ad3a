//! Containers whose processes are held still by the freezer, as `pause` does it.

use crate::prelude::*;
use crate::refused::comes;
use ptyproof_harness::target::Finished;
use serde_json::json;

/// What joins a frozen cgroup does not run, so that nothing that a runtime waits for ever happens.
const REFUSED: Case = Case {
    requirement: "the runtime ends with a status other than 0 and a message, and no process is added to the cgroup",
    why: "health checks and people exec into paused containers; a runtime that waits there for ever takes its caller with \
          it, and a process that it leaves behind runs, unasked, when the container is resumed",
    references: &[CGROUP_FREEZE, issue("runc pull request 3223", "https://github.com/opencontainers/runc/pull/3223")],
    covers: &["M06"],
    needs: &[Need::Terminal, Need::Foreground, Need::Exec, Need::Cgroup],
    ..Case::TERMINAL
};

const KEPT: Case = Case {
    why: "what people type while a container is paused, and what it was about to print, belongs to them",
    references: &[CGROUP_FREEZE, manual("pty(7)")],
    covers: &["M06"],
    needs: &[Need::Foreground, Need::Cgroup],
    ..Case::TERMINAL
};

pub const CASES: &[Case] = &[
    Case {
        id: "frozen/exec-with-terminal-is-refused",
        title: "exec with a terminal, in the foreground, into a frozen container",
        caught_by: &[("the return of exec", &["frozen-not-seen"])],
        body: |t| exec_is_refused(t, |plan| plan, Caller::at_a_terminal()),
        ..REFUSED
    },
    Case {
        id: "frozen/exec-without-terminal-is-refused",
        title: "exec without a terminal, in the foreground, into a frozen container",
        caught_by: &[("the return of exec", &["frozen-not-seen"])],
        body: |t| exec_is_refused(t, |plan| plan.without_terminal(), Caller::without_terminal()),
        ..REFUSED
    },
    Case {
        id: "frozen/create-is-refused",
        title: "create a container, with a terminal and without, whose linux.cgroupsPath lies in a frozen cgroup",
        requirement: "the runtime ends with a status other than 0, and there is no such container",
        caught_by: &[("the return of create", &["frozen-not-seen"])],
        body: |t| {
            in_a_frozen_cgroup(t, |plan| {
                let attempt = comes("the return of create", t.attempt(plan))?;
                fails(t, &attempt.finished)?;
                t.equal("the container exists", attempt.created.lifecycle.is_known()?, false)
            })
        },
        ..REFUSED
    },
    Case {
        id: "frozen/detached-exec-is-refused",
        title: "exec --detach into a frozen container, with a terminal and without",
        caught_by: &[("the return of exec", &["frozen-not-seen"])],
        body: |t| {
            joins_no_frozen_cgroup(t, |c| {
                for plan in [c.exec()?, c.exec()?.without_terminal()] {
                    let (ended, _) = comes("the return of exec", plan.attempt().map_err(Stop::from))?;
                    fails(t, &ended)?;
                    says_why(t, &ended.stderr.bytes)?;
                }
                Ok(())
            })
        },
        needs: &[Need::Terminal, Need::Exec, Need::Cgroup],
        ..REFUSED
    },
    Case {
        id: "frozen/run-is-refused",
        title: "run a container in the foreground, with a terminal and without, whose linux.cgroupsPath lies in a frozen cgroup",
        requirement: "the runtime ends with a status other than 0 and a message, and there is no such container",
        caught_by: &[("the return of run", &["frozen-not-seen"])],
        body: |t| {
            in_a_frozen_cgroup(t, |plan| {
                let id = plan.id().to_owned();
                let run = plan.foreground(Caller::at_a_terminal())?;
                let returned = run.returns()?;
                fails(t, &returned.finished)?;
                says_why(t, &returned.output)?;
                let known = t.bench().call("state", &[&id])?.status.success();
                t.equal("the container exists", known, false)
            })
        },
        ..REFUSED
    },
    Case {
        id: "frozen/a-signal-ends-the-wait",
        title: "exec into a frozen container, with a terminal and without, and send the runtime SIGTERM, or type ^C on the \
                caller's terminal",
        requirement: "the runtime ends",
        caught_by: &[("the return of exec", &["frozen-and-deaf"])],
        body: |t| {
            let c = t.container()?.start()?;
            let _frozen = c.lifecycle.freeze()?;
            for typed in [false, true] {
                for plan in [c.exec()?, c.exec()?.without_terminal()] {
                    let mut run = plan.foreground(Caller::at_a_terminal())?;
                    // Who does not refuse by itself waits by then.
                    if !run.ends_within(t.patience() / 2)? {
                        match typed {
                            true => run.outer.types("\x03")?,
                            false => run.signal(Signal::TERM)?,
                        }
                    }
                    let ended = run.returns()?;
                    t.records("exec", ended.finished.describe());
                }
            }
            Ok(())
        },
        ..REFUSED
    },
    Case {
        id: "frozen/deletion-ends-it",
        title: "delete, by force, a container that is frozen",
        requirement: "delete succeeds, the first process has ended, and the runtime does not know the container any more",
        why: "a paused container that cannot be removed stays until the machine restarts",
        references: &[CGROUP_FREEZE, SPEC_RUNTIME.at("#delete")],
        caught_by: &[("the return of delete", &["delete-asks-only"])],
        needs: &[Need::Terminal, Need::Cgroup],
        body: |t| {
            let c = t.container()?.start()?;
            let _frozen = c.lifecycle.freeze()?;
            comes("the return of delete", c.lifecycle.delete().map_err(Stop::from))?;
            t.equal("the first process has ended", c.lifecycle.ends()?, true)?;
            t.equal("the container exists", c.lifecycle.is_known()?, false)
        },
        ..REFUSED
    },
    Case {
        id: "frozen/what-is-typed-meanwhile-is-read",
        title: "run a container in the foreground, freeze it, type 2000 bytes, and thaw it",
        requirement: "the process reads them all, and its terminal works on",
        caught_by: &[(Stop::ANSWER, &["relay-input-lost"])],
        body: |t| {
            let typed = Bytes::pattern(Lines::Unbroken, 2000).0;
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.change_termios(0, TermiosFacts::raw)?;
            let frozen = lifecycle(&run)?.freeze()?;
            run.outer.types(&typed)?;
            frozen.thaw()?;
            t.equal_bytes("what the process reads", &probe.read_count(0, typed.len())?, &typed)?;
            probe.write(1, b"awake")?;
            Ok(run.outer.receives("awake")?)
        },
        ..KEPT
    },
    Case {
        id: "frozen/output-goes-on-afterwards",
        title: "run a container in the foreground, freeze it while its process writes 1 MiB, and thaw it",
        requirement: "every byte comes, in order, and the runtime exits with the process's status",
        caught_by: &[("output on the caller's terminal", &["relay-loses-a-byte"])],
        body: |t| {
            const COUNT: usize = 1 << 20;
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            let expected = Bytes::pattern(Lines::Unbroken, COUNT).0;
            // Nobody reads the rest yet, so that the process is amid its writing when it is frozen.
            let write = step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: COUNT };
            let _ = probe.begin(step::InTurn(vec![write.into()], step::End { ending: Ending::Exit(5) }))?;
            run.outer.receives(&expected[..1000])?;
            let frozen = lifecycle(&run)?.freeze()?;
            run.outer.receives(&expected[1000..2000])?;
            frozen.thaw()?;
            let returned = run.returns()?;
            t.equal_bytes("output on the caller's terminal", &returned.output, &expected[2000..])?;
            t.equal("exit status", returned.finished.status.code(), Some(5))
        },
        ..KEPT
    },
];

fn lifecycle(run: &Foreground) -> Result<&Lifecycle, Stop> {
    Ok(run.container()?)
}

/// Attempts to make containers, with a terminal and without, whose cgroup lies in a frozen one.
fn in_a_frozen_cgroup(t: &Trial, attempt: impl Fn(Plan) -> Judgement) -> Judgement {
    t.makes_containers()?;
    for plan in [t.container()?, t.container()?.without_terminal()] {
        let (_frozen, path) = t.bench().frozen_cgroup()?;
        attempt(plan.configured(|config| config["linux"]["cgroupsPath"] = json!(format!("{path}/inner"))))?;
    }
    Ok(())
}

fn exec_is_refused(t: &Trial, change: fn(ExecPlan<'_>) -> ExecPlan<'_>, caller: Caller) -> Judgement {
    joins_no_frozen_cgroup(t, |c| {
        let run = change(c.exec()?).foreground(caller)?;
        let returned = run.returns()?;
        fails(t, &returned.finished)?;
        says_why(t, &[returned.output, returned.stderr].concat())
    })
}

/// Attempts to execute something in a frozen container; no process comes, neither now nor when it is thawed.
fn joins_no_frozen_cgroup(t: &Trial, attempt: impl Fn(&Container) -> Judgement) -> Judgement {
    let mut c = t.container()?.start()?;
    let frozen = c.lifecycle.freeze()?;
    let before = frozen.processes()?;
    attempt(&c)?;
    t.equal("processes of the frozen cgroup", frozen.processes()?, before.clone())?;
    frozen.thaw()?;
    t.equal("owner of /, asked of the first process", c.probe.stat("/")?.user, 0)?;
    t.equal("processes of the thawed cgroup", frozen.processes()?, before)
}

fn fails(t: &Trial, ended: &Finished) -> Judgement {
    let code = ended.status.code();
    t.holds("exit status", "one that is not 0", &code, |code| code.is_some_and(|code| code != 0))
}

fn says_why(t: &Trial, said: &[u8]) -> Judgement {
    t.holds("what the caller is told", "a message", &said, |said| !said.is_empty())
}
