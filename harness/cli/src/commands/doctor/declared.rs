//! Whether a target can do on this machine what its profile says: a case for each capability, before a thousand fail for one
//! reason.

use super::{Finding, State};
use crate::arguments::{Doctor, TargetKind};
use crate::commands::target::{given, installed, launcher, looks_like_a_runtime, profile};
use crate::exit::Refusal;
use ptyproof_cases::container_cases;
use ptyproof_harness::case::Need;
use ptyproof_harness::runner::{Settings, Supervisor, run_one};
use ptyproof_harness::target::Target;
use ptyproof_report::{CaseResult, Verdict, printable};
use std::{sync::Arc, time::Duration};

/// The longest wait for one thing.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a profile can say, and the case that shows it.
const SHOWN_BY: &[(Need, &str, &str)] = &[
    (Need::First, "starts", "lifecycle/simplest-container"),
    (Need::FirstInForeground, "foreground", "foreground/simplest-program"),
    (Need::Terminal, "terminal", "stdio/all-three-are-terminals"),
    (Need::Relay, "relay", "foreground/a-raw-program-leaves-the-callers-terminal-alone"),
    (Need::ControllingTerminal, "session", "foreground/the-terminal-controls-the-session"),
    (Need::OwnDevpts, "devpts", "foreground/ptys-of-its-own"),
    (Need::Pipes, "pipes", "foreground/input-from-a-pipe-ends"),
    (Need::Input, "input", "foreground/end-of-file-key"),
    (Need::Output, "output", "foreground/large-output-is-complete"),
    (Need::Exec, "exec", "exec/command-line-without-the-flag"),
    (Need::ExecTerminalFlag, "exec flag", "exec/called-as-conmon-does"),
    (Need::PreserveDescriptors, "descriptors", "stdio/preserved-descriptors-beside-the-terminal"),
    (Need::Cgroup, "cgroup", "frozen/deletion-ends-it"),
    (Need::Checkpoint, "checkpoint", "checkpoint/terminal-is-as-it-was"),
    (Need::Detached, "detached", "engine/a-detached-program-has-a-terminal"),
    (Need::SecondProgram, "second", "engine/exec-has-a-terminal-of-its-own"),
    (Need::Logs, "logs", "engine/a-log-has-each-byte-once"),
];

/// A line for each capability of the target that is asked for; none where none is.
pub fn declared(arguments: &Doctor, supervisor: &Supervisor) -> Result<Vec<Finding>, Refusal> {
    let target: Arc<dyn Target> = match (&arguments.runtime, &arguments.target) {
        (Some(path), _) => {
            looks_like_a_runtime(path)?;
            Arc::new(given(path, profile(arguments.profile.as_deref())?, PATIENCE, supervisor)?)
        }
        (None, Some(TargetKind::Launcher(name, program))) => {
            Arc::new(installed(launcher(name)?, program.as_deref(), PATIENCE, supervisor)?)
        }
        (None, Some(TargetKind::Runtime | TargetKind::Kernel)) => {
            return Err(Refusal::usage("--target: expected an engine, a sandbox or a tool; --runtime names a runtime"));
        }
        (None, None) => return Ok(Vec::new()),
    };
    let described = target.described();
    let version = printable(described.version.lines().next().unwrap_or_default());
    let mut findings = vec![State::Note.of("target", format!("{version}, profile {}", described.profile))];
    let first = if target.launcher().is_some() { Need::FirstInForeground } else { Need::First };
    let cases = container_cases();
    let mut starts = true;
    for (need, thing, id) in SHOWN_BY {
        let is_first = *need == first;
        let is_others = matches!(need, Need::First | Need::FirstInForeground) && !is_first;
        let case = cases.iter().find(|case| case.id == *id).filter(|_| starts && !is_others);
        let Some(case) = case else { continue };
        let result = run_one(supervisor, &target, case, &Settings::plain(PATIENCE));
        starts &= !is_first || result.verdict == Verdict::Pass;
        findings.push(finding(thing, &result));
    }
    Ok(findings)
}

fn finding(thing: &'static str, result: &CaseResult) -> Finding {
    let reason = printable(result.reason.as_deref().unwrap_or_default());
    let differs = || {
        let words = |value: &Option<ptyproof_report::Evidence>| value.as_ref().map(|value| printable(value.as_words()));
        match (words(&result.expected), words(&result.observed)) {
            (Some(expected), Some(observed)) => format!("{reason}: expected {expected}, observed {observed}"),
            _ => reason.clone(),
        }
    };
    match result.verdict {
        Verdict::Pass => State::Ok.of(thing, format!("works ({})", result.id)),
        Verdict::Skip | Verdict::NotApplicable => State::Note.of(thing, reason),
        verdict => State::Missing.of(thing, format!("{}: {verdict}: {}", result.id, differs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_capability_is_shown_by_a_case_that_asks_for_it() {
        for (need, thing, id) in SHOWN_BY {
            let case = container_cases().into_iter().find(|case| case.id == *id);
            let needs = case.unwrap_or_else(|| panic!("no case is called {id}")).needs;
            assert!(needs.contains(need), "{id} does not ask for {thing}");
        }
    }
}
