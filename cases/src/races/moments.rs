//! Moments between two steps of the runtime in which something else happens.

use crate::prelude::*;
use ptyproof_harness::intervention::Call;
use std::os::unix::net::UnixListener;
use std::sync::mpsc;

const AT_THE_START: Size = Size::new(35, 118);
const LATER: Size = Size::new(41, 96);

/// Whether the process is the first of its PID namespace: the one that becomes the program. proc_pid_status(5)
fn becomes_the_program(pid: i32) -> std::io::Result<bool> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    Ok(ids.and_then(|ids| ids.split_whitespace().next_back()) == Some("1"))
}

/// A size that is there only after the program has looked.
const MOBY_33794: Reference = issue("moby issue 33794", "https://github.com/moby/moby/issues/33794");

/// A resize that comes while the container starts.
const PODMAN_9172: Reference = issue("podman issue 9172", "https://github.com/containers/podman/issues/9172");

pub(super) const CASES: &[Case] = &[
    Case {
        id: "races/the-size-is-there-at-the-first-look",
        title: "run a container in the foreground; where another process than the container's own sets the size, hold that \
                until the program has looked",
        requirement: "the program finds the caller's size at its first look",
        why: "a program that asks at its start and finds 0 x 0 draws for a screen that does not exist; it happens now and \
              then only, when the machine is busy",
        references: &[TERMINALS, manual("TIOCSWINSZ(2const)"), MOBY_33794],
        covers: &["G06"],
        needs: &[Need::Foreground, Need::Interventions],
        caught_by: &[
            ("size at the first look", &["caller-size-ignored"]),
            ("size at the first look", &["size-set-by-ptyrun"]),
        ],
        body: |t| {
            let (release, held) = mpsc::channel::<()>();
            let patience = t.patience();
            let plan = t.container()?.when(Call::SetSize).waits_while(move |world| {
                if !becomes_the_program(world.hit.pid)? {
                    let _ = held.recv_timeout(patience);
                }
                Ok(())
            });
            let hits = plan.hits();
            let mut run = plan.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            let size = run.probe()?.size(0)?;
            drop(release);
            hits.of(Call::SetSize)?;
            t.equal("size at the first look", size, AT_THE_START)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "races/a-resize-while-the-container-starts-is-not-lost",
        title: "resize the caller's terminal while the container's process is at TIOCSCTTY",
        requirement: "the container's window gets the new size",
        why: "users resize windows while a container starts; one that keeps the old size until the next resize looks broken",
        references: &[manual("TIOCSWINSZ(2const)"), PODMAN_9172],
        covers: &["G14"],
        needs: &[Need::Foreground, Need::Interventions],
        caught_by: &[("size in the end", &["no-sigwinch"])],
        body: |t| {
            let (plan, gate) = t.container()?.when(Call::AcquireTerminal).waits_at_a_gate(t.patience());
            let mut run = plan.foreground(Caller::at_a_terminal().sized(AT_THE_START))?;
            gate.is_reached()?;
            run.outer.resize(LATER)?;
            drop(gate);
            let mut probe = run.attached()?;
            probe.catch(&[Signal::WINCH])?;
            while probe.size(0)? != LATER && !probe.next_signals()?.is_empty() {}
            t.equal("size in the end", probe.size(0)?, LATER)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "races/output-before-the-relay-begins",
        title: "hold the runtime before it makes the caller's terminal raw, while the process writes and exits",
        requirement: "the output arrives in full, and the exit status is the process's",
        why: "a command that is done at once must not lose what it said",
        references: &[TERMINALS, manual("pty(7)")],
        covers: &["I02"],
        needs: &[Need::Foreground, Need::Interventions],
        caught_by: &[("output of the process", &["relay-drops-tail"]), ("exit status", &["exit-code-lost"])],
        body: |t| {
            const LAST: &[u8] = b"the first and last words";
            // A runtime that starts the program only after it has done so waits in vain: then there is no race.
            let (plan, gate) = t.container()?.when(Call::ChangeSettings).waits_at_a_gate(t.patience() / 5);
            let mut run = plan.foreground(Caller::at_a_terminal())?;
            let mut probe = run.probe()?;
            probe.write(1, LAST)?;
            probe.end_and_wait(Ending::Exit(3))?;
            drop(gate);
            let returned = run.returns()?;
            t.equal_bytes("output of the process", &returned.output, LAST)?;
            t.equal("exit status", returned.finished.status.code(), Some(3))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "races/receiver-gone-before-the-master-is-sent",
        title: "close the console socket's listener while the runtime, connected, is about to send the master",
        requirement: "create fails, and leaves no container",
        why: "an engine that dies at that moment leaves a container that nobody can attach to, whose terminal hangs up at once",
        references: &[TERMINALS.at("#detached"), SPEC_RUNTIME.at("#errors")],
        covers: &["F14"],
        needs: &[Need::Terminal, Need::Interventions],
        caught_by: &[("exit status of create", &["handover-failure-ignored"])],
        body: |t| {
            let path = t.directory()?.join("tty");
            let listener =
                UnixListener::bind(&path).map_err(|error| Stop::Error(format!("{}: {error}", path.display())))?;
            let plan = t.container()?.console_socket_at(&path).when(Call::HandOver).waits_while(move |_| {
                drop(listener);
                Ok(())
            });
            let hits = plan.hits();
            let attempt = t.attempt(plan)?;
            hits.taken(Call::HandOver, 0)?;
            t.holds("exit status of create", "not 0", &attempt.finished.status, |status| !status.success())?;
            t.equal("the container exists", attempt.created.lifecycle.is_known()?, false)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "races/the-container-ends-while-exec-begins",
        title: "let the container's process exit while a process of exec is at TIOCSCTTY",
        requirement: "exec ends with a status other than 0, and the caller's terminal is as before",
        why: "people type exec into containers that are about to end; a runtime that waits for a process that is gone has to be killed",
        references: &[SPEC_RUNTIME.at("#errors"), manual("pid_namespaces(7)")],
        covers: &[],
        needs: &[Need::Foreground, Need::Exec, Need::Interventions],
        caught_by: &[("exit status of exec", &["exit-code-lost"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            let (plan, gate) = container.exec()?.when(Call::AcquireTerminal).waits_at_a_gate(t.patience());
            let run = plan.foreground(Caller::at_a_terminal())?;
            gate.is_reached()?;
            container.probe.end_and_wait(Ending::Exit(0))?;
            drop(gate);
            let returned = run.returns()?;
            t.holds("exit status of exec", "not 0", &returned.finished.status, |status| !status.success())?;
            t.equal("settings of the caller's terminal", returned.after.termios, returned.before.termios)
        },
        ..Case::TERMINAL
    },
];
