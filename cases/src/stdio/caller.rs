//! Callers whose standard streams are unusual: closed, `/dev/null`, or a terminal that the container is not to have.

use crate::prelude::*;
use ptyproof_harness::terminal::Pair;
use std::fs::File;

pub const CASES: &[Case] = &[
    Case {
        id: "stdio/callers-streams-closed",
        title: "create a container with a terminal, and exec with one, from a caller with 0, 1, 2 or all of them closed",
        requirement: "the process has its terminal on 0, 1 and 2, and nothing else open",
        why: "a runtime whose first open gets the number 0 takes its own files for standard streams, and gives them away",
        level: Level::Convention,
        references: &[
            issue("crun issue 1702", "https://github.com/containers/crun/issues/1702"),
            SPEC_RUNTIME_LINUX.at("#file-descriptors"),
        ],
        covers: &["D15"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[
            ("descriptors of a process whose caller closed [0]", &["stdin-dev-null"]),
            ("further descriptors of a process whose caller closed [0]", &["host-descriptor-leaked"]),
        ],
        body: |t| {
            for closed in CLOSED {
                let plan = closed.iter().fold(t.container()?, |plan, &number| plan.closing(number));
                let mut c = plan.start().map_err(|error| never_started(closed, error))?;
                has_its_terminal_only(t, closed, &c.probe.observe()?)?;
                let plan = closed.iter().fold(c.exec()?, |plan, &number| plan.closing(number));
                let mut exec = plan.start().map_err(|error| never_started(closed, error))?;
                has_its_terminal_only(t, closed, &exec.probe.observe()?)?;
            }
            Ok(())
        },
    },
    Case {
        id: "stdio/callers-streams-closed-without-terminal",
        title: "create a container without a terminal, and exec so, from a caller with 0, 1, 2 or all of them closed",
        requirement: "what was closed is closed or /dev/null, what was open is the caller's, and nothing else is open; or the runtime refuses",
        why: "a stream that is a file of the runtime's, a directory of the host for example, is a way out of the container",
        level: Level::Security,
        references: &[ADVISORY_DESCRIPTORS, SPEC_RUNTIME_LINUX.at("#file-descriptors")],
        covers: &["D15", "D08"],
        needs: &[Need::Exec],
        caught_by: &[
            ("where 0, 1 and 2 lead, [0] closed", &["stdin-eof-lost"]),
            ("further descriptors, [0] closed", &["host-descriptor-leaked"]),
        ],
        body: |t| {
            let running = t.container()?.without_terminal().start()?;
            for closed in CLOSED {
                // A refusal is no leak: each is recorded, and which of them is the runtime's choice.
                let refused = format!("refused with {closed:?} closed");
                let plan = t.container()?.without_terminal();
                let plan = closed.iter().fold(plan, |plan, &number| plan.closing(number));
                match plan.start() {
                    Err(ContainerError::Status { .. }) => t.records(&refused, "create"),
                    started => has_no_stranger(
                        t,
                        closed,
                        &started.map_err(|error| never_started(closed, error))?.probe.observe()?,
                    )?,
                }
                let plan = running.exec()?.without_terminal();
                let plan = closed.iter().fold(plan, |plan, &number| plan.closing(number));
                match plan.start() {
                    Err(ContainerError::Status { .. }) => t.records(&refused, "exec"),
                    started => has_no_stranger(
                        t,
                        closed,
                        &started.map_err(|error| never_started(closed, error))?.probe.observe()?,
                    )?,
                }
            }
            Ok(())
        },
    },
    Case {
        id: "stdio/callers-streams-closed-in-the-foreground",
        title: "run a container with a terminal in the foreground from a caller with 0, 1, 2 or all of them closed",
        requirement: "the process has its terminal on 0, 1 and 2, and nothing else open, and its status comes back; or the runtime refuses",
        why: "the relay writes to whatever has the number 1: where that is a file that the runtime has opened for itself, output goes there",
        references: &[
            issue("crun issue 1702", "https://github.com/containers/crun/issues/1702"),
            SPEC_RUNTIME_LINUX.at("#file-descriptors"),
        ],
        covers: &["D15"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[
            ("descriptors of a process whose caller closed [0]", &["stdin-dev-null"]),
            ("further descriptors of a process whose caller closed [0]", &["host-descriptor-leaked"]),
            ("exit status, [0] closed", &["exit-code-lost"]),
        ],
        body: |t| {
            for closed in CLOSED {
                let plan = t.container()?;
                runs_or_refuses(t, closed, plan, Caller::at_a_terminal(), has_its_terminal_only)?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "stdio/callers-streams-closed-in-the-foreground-without-terminal",
        title: "run a container without a terminal in the foreground from a caller with 0, 1, 2 or all of them closed",
        requirement: "what was closed is closed, /dev/null or a pipe to the runtime, what was open is a pipe, nothing else is \
                      open, and the process's status comes back; or the runtime refuses",
        why: "a stream that is a file of the runtime's, a directory of the host for example, is a way out of the container",
        level: Level::Security,
        references: &[ADVISORY_DESCRIPTORS, SPEC_RUNTIME_LINUX.at("#file-descriptors")],
        covers: &["D15", "D08"],
        needs: &[Need::Foreground],
        caught_by: &[
            ("where 0, 1 and 2 lead, [0] closed", &["terminal-although-false"]),
            ("further descriptors, [0] closed", &["host-descriptor-leaked"]),
            ("exit status, [0] closed", &["exit-code-lost"]),
        ],
        body: |t| {
            for closed in CLOSED {
                let plan = t.container()?.without_terminal();
                runs_or_refuses(t, closed, plan, Caller::without_terminal(), |t, closed, seen| {
                    // The runtime may copy what goes through, and then stands at the other end of each.
                    let may_be = |number: usize, lead: &str| match closed.contains(&(number as i32)) {
                        true => ["nowhere", "to a pipe"].contains(&lead),
                        false => lead == "to a pipe",
                    };
                    let holds = |leads: &[&str; 3]| leads.iter().enumerate().all(|(number, lead)| may_be(number, lead));
                    t.holds(&leads_where(closed), "to a pipe, or nowhere if closed", &leads(seen), holds)?;
                    has_nothing_further(t, closed, seen)
                })?;
            }
            Ok(())
        },
    },
    Case {
        id: "stdio/dev-null-becomes-the-containers",
        title: "create a container without a terminal from a caller whose 0, 1 and 2 are /dev/null, and exec so",
        requirement: "the streams are the container's /dev/null; whether those of exec are is reported",
        why: "a process that changes owner or mode of its standard input must not change the machine's /dev/null",
        level: Level::Convention,
        references: &[RUNC_ROOTFS],
        covers: &["D17"],
        needs: &[Need::Exec, Need::MachineRoot],
        caught_by: &[("the streams are the container's /dev/null", &["dev-null-stays-the-hosts"])],
        body: |t| {
            let null = |number| {
                let null = File::options().read(true).write(true).open("/dev/null");
                null.map(|null| (number, null)).map_err(|error| Stop::Error(format!("/dev/null: {error}")))
            };
            let streams = [null(0)?, null(1)?, null(2)?].into_iter();
            let plan =
                streams.fold(t.container()?.without_terminal(), |plan, (number, null)| plan.stream(number, null));
            let mut c = plan.start()?;
            let own = c.probe.stat("/dev/null")?.device;
            let of_container =
                |seen: &Facts| [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.device == own));
            let seen = c.probe.observe()?;
            t.equal("the streams are the container's /dev/null", of_container(&seen), [Some(true); 3])?;
            let streams = [null(0)?, null(1)?, null(2)?].into_iter();
            let plan = streams.fold(c.exec()?.without_terminal(), |plan, (number, null)| plan.stream(number, null));
            let seen = plan.start()?.probe.observe()?;
            let known = [("the container's", [Some(true); 3]), ("the machine's", [Some(false); 3])];
            t.shows("/dev/null of exec", of_container(&seen), &known)
        },
    },
    Case {
        id: "stdio/term-is-not-invented",
        title: "look at TERM in a container with a terminal whose config does not set it",
        requirement: "it is not set, or xterm; which is reported",
        why: "TERM is the engine's business, which knows the person's terminal; a runtime that sets it hides the mistake",
        level: Level::Info,
        references: &[SPEC_CONFIG.at("#process")],
        covers: &["D20"],
        needs: &[Need::Terminal],
        caught_by: &[],
        body: |t| {
            let plan = t.container()?.configured(|config| config["process"]["env"] = serde_json::json!(["PATH=/bin"]));
            let environment = plan.start()?.probe.observe()?.environment;
            let term = environment.into_iter().find(|variable| variable.starts_with("TERM="));
            t.shows("TERM", term, &[("not set", None), ("invented", Some("TERM=xterm".to_owned()))])
        },
    },
    Case {
        id: "stdio/callers-terminal-as-a-stream",
        title: "create a container without a terminal and with user 1000, whose standard input is a terminal of the caller's",
        requirement: "that terminal stays whose it was, or its user becomes the process's; its mode stays in any case",
        why: "a terminal that is given away lets that user's processes on the host read and type; runtimes differ on purpose",
        level: Level::Info,
        references: &[RUNC_INIT],
        covers: &["E10"],
        needs: &[Need::ManyIds],
        caught_by: &[],
        body: |t| {
            let harness = |errno: Errno| Stop::Error(format!("a terminal of the harness's own: {errno}"));
            let pair = Pair::open().map_err(harness)?;
            let look = || {
                let status = nix::sys::stat::fstat(&pair.slave).map_err(|errno| harness(errno.into()))?;
                Ok::<_, Stop>((status.st_uid, status.st_mode & 0o7777))
            };
            let (user, mode) = look()?;
            let plan = t.container()?.without_terminal().user(1000, 1000);
            let _container = plan.stream(0, pair.slave.duplicate().map_err(harness)?).start()?;
            let known = [("stays the caller's", (user, mode)), ("given to the process's user", (1000, mode))];
            t.shows("user and mode of the caller's terminal", look()?, &known)
        },
    },
];

/// What is closed.
const CLOSED: [&[i32]; 4] = [&[0], &[1], &[2], &[0, 1, 2]];

/// Descriptors of runtimes that lead out of the container (CVE-2024-21626).
const ADVISORY_DESCRIPTORS: Reference = Reference::document(
    "CVE-2024-21626, container breakout through leaked descriptors",
    "https://github.com/opencontainers/runc/security/advisories/GHSA-xr7r-f8xq-vfvv",
);

/// Runs it in the foreground, judges what the process sees, and expects its status from the runtime.
fn runs_or_refuses(
    t: &mut Trial,
    closed: &[i32],
    plan: Plan,
    caller: Caller,
    judge: fn(&Trial, &[i32], &Facts) -> Judgement,
) -> Judgement {
    let caller = closed.iter().fold(caller, |caller, number| match number {
        0 => caller.stdin(CallerStream::Closed),
        1 => caller.stdout(CallerStream::Closed),
        _ => caller.stderr(CallerStream::Closed),
    });
    let mut run = plan.foreground(caller)?;
    let mut met = run.probe();
    if let Ok(probe) = &mut met {
        judge(t, closed, &probe.observe()?)?;
        probe.end(Ending::Exit(5))?;
    }
    let status = run.returns()?.finished.status.code();
    let what = format!("exit status, {closed:?} closed");
    if met.is_ok() {
        return t.equal(&what, status, Some(5));
    }
    // A refusal is no leak: which it is, is the runtime's choice.
    t.records(&format!("refused with {closed:?} closed"), true);
    t.holds(&what, "not 0", &status, |status| status.is_some_and(|status| status != 0))
}

fn has_no_stranger(t: &Trial, closed: &[i32], seen: &Facts) -> Judgement {
    let expected = [0, 1, 2].map(|number| if closed.contains(&number) { "nowhere" } else { "to a pipe" });
    t.equal(&leads_where(closed), leads(seen), expected)?;
    has_nothing_further(t, closed, seen)
}

fn leads_where(closed: &[i32]) -> String {
    format!("where 0, 1 and 2 lead, {closed:?} closed")
}

/// Where the standard streams lead.
fn leads(seen: &Facts) -> [&str; 3] {
    let null = DeviceNumber { major: 1, minor: 3 };
    [0, 1, 2].map(|number| match seen.descriptor(number) {
        None => "nowhere",
        Some(fd) if fd.status.node == null => "nowhere",
        Some(fd) if fd.status.kind == FileKind::Fifo => "to a pipe",
        Some(fd) => fd.link.as_str(),
    })
}

fn has_nothing_further(t: &Trial, closed: &[i32], seen: &Facts) -> Judgement {
    let further: Vec<_> = seen.descriptors.iter().filter(|fd| fd.number > 2).map(|fd| fd.link.as_str()).collect();
    t.equal(&format!("further descriptors, {closed:?} closed"), further, Vec::new())
}

fn has_its_terminal_only(t: &Trial, closed: &[i32], seen: &Facts) -> Judgement {
    let names = [0, 1, 2].map(|fd| seen.descriptor(fd)?.terminal.clone().ok()?.name.ok());
    let first = names[0].clone().filter(|name| name.starts_with("/dev/pts/")).unwrap_or("/dev/pts/N".to_owned());
    t.equal(
        &format!("descriptors of a process whose caller closed {closed:?}"),
        names,
        [0; 3].map(|_| Some(first.clone())),
    )?;
    let further: Vec<_> = seen.descriptors.iter().filter(|fd| fd.number > 2).map(|fd| fd.link.as_str()).collect();
    t.equal(&format!("further descriptors of a process whose caller closed {closed:?}"), further, Vec::new())
}

/// A runtime that comes to no end is at fault here.
fn never_started(closed: &[i32], error: ContainerError) -> Stop {
    match Stop::from(error) {
        Stop::Timeout(why) => Stop::fail(format!("a process whose caller closed {closed:?}"), "it runs", why),
        other => other,
    }
}
