//! Guests that say so much and end in some way, and what their kernels are said to be.

use super::*;
use ptyproof_report::Evidence;
use std::time::Duration;

const fn case(id: &'static str) -> Case {
    Case { id, ..Case::KERNEL }
}

const SURVIVAL: Case = case("kernel-boot/survives");
const FIRST: Case = case("area/first");
const SECOND: Case = case("area/second");

fn target() -> Target {
    Target::booted("vmlinuz".to_owned(), String::new(), "7.0".to_owned(), None)
}

fn event(event: Event<'static>) -> Message<'static> {
    Message::Event(Box::new(event))
}

fn began() -> Message<'static> {
    event(Event::Began {
        environment: Cow::Owned(Environment::of_kernel("7.0")),
        target: Cow::Owned(target()),
        selected: Cow::Owned(vec![FIRST.id(), SECOND.id()]),
        strict: false,
    })
}

fn case_began(case: &Case) -> Message<'static> {
    let id = Cow::Owned(case.id());
    event(Event::CaseBegan { id })
}

fn case_passed(case: &Case) -> Message<'static> {
    event(Event::CaseEnded(Cow::Owned(CaseResult::from(case))))
}

fn whole() -> Message<'static> {
    event(Event::Ended {
        summary: Cow::Owned(Summary::of(&[], false, false)),
        took: Duration::ZERO,
        interrupted: false,
    })
}

/// All that a guest says whose kernel survives.
fn everything() -> Vec<Message<'static>> {
    let mut said = vec![Message::Hello { taint: 1 }, began()];
    for case in [&FIRST, &SECOND] {
        said.extend([case_began(case), case_passed(case)]);
    }
    said.push(whole());
    said
}

/// The results of those that the guest does not tell itself, each in a line, and whether the run was cut short.
fn judged(said: Vec<Message<'static>>, ending: Ending) -> Result<(Vec<String>, bool), CannotRun> {
    let mut relay = Relay::begin(&SURVIVAL, vec![&FIRST, &SECOND], target(), false);
    for message in said {
        relay.take(message);
    }
    let events = relay.end(&Ended { ending, console: "the console".to_owned(), qemu: "qemu's words".to_owned() })?;
    let mut lines = Vec::new();
    let mut cut_short = None;
    for event in events {
        match event {
            Event::CaseEnded(result) => lines.push(format!(
                "{} {:?} {} {}",
                result.id,
                result.verdict,
                result.reason.as_deref().unwrap_or("-"),
                result.observed.as_ref().map_or("-", Evidence::as_words),
            )),
            Event::Ended { interrupted, .. } => cut_short = Some(interrupted),
            _ => {}
        }
    }
    Ok((lines, cut_short.expect("the run ends")))
}

#[track_caller]
fn check(said: Vec<Message<'static>>, ending: Ending, results: &[&str], cut_short: bool) {
    let (lines, cut) = judged(said, ending).expect("it could be run");
    assert_eq!((lines, cut), (results.iter().map(ToString::to_string).collect(), cut_short));
}

#[test]
fn a_kernel_that_runs_everything_and_is_turned_off_has_survived() {
    check(everything(), Ending::TurnedOff, &["kernel-boot/survives Pass - -"], false);
}

#[test]
fn a_kernel_that_becomes_tainted_has_not() {
    let mut said = everything();
    // The bit that was there before is nobody's fault here.
    said.insert(3, Message::Tainted { taint: 513 });
    said.insert(5, Message::Tainted { taint: 641 });
    let result = "kernel-boot/survives Fail the kernel became tainted while area/first ran 512: a warning (WARN)";
    check(said, Ending::TurnedOff, &[result], false);
}

#[test]
fn a_panic_takes_the_case_along_that_runs() {
    let said = everything().into_iter().take(5).collect();
    let ending = Ending::Panic { said: "Fatal exception".to_owned() };
    let results = [
        "area/second Fail the kernel panicked while area/second ran Fatal exception",
        "kernel-boot/survives Fail the kernel panicked while area/second ran Fatal exception",
    ];
    check(said, ending, &results, false);
}

#[test]
fn a_reset_between_two_cases_leaves_the_rest_without_results() {
    let said = everything().into_iter().take(4).collect();
    let result = "kernel-boot/survives Fail the machine was reset between two cases a reset";
    check(said, Ending::Reset, &[result], true);
}

#[test]
fn a_machine_that_is_turned_off_too_early_has_not_survived() {
    let said = everything().into_iter().take(4).collect();
    let result = "kernel-boot/survives Fail the machine was turned off between two cases no end of the suite";
    check(said, Ending::TurnedOff, &[result], true);
}

#[test]
fn silence_is_a_timeout() {
    let said = everything().into_iter().take(6).collect();
    let ending = Ending::Silent { waited: Duration::from_secs(9) };
    let result = "kernel-boot/survives Timeout nothing was heard of the guest for 9s, between two cases -";
    check(said, ending, &[result], false);
}

#[test]
fn what_is_not_the_kernels_fault_is_an_error() {
    let result = "kernel-boot/survives Error qemu has stopped the machine after the last case: qemu's words -";
    check(everything(), Ending::Stopped, &[result], false);
    let said = everything().into_iter().take(4).collect();
    check(said, Ending::Interrupted, &[], true);
}

#[test]
fn a_panic_before_the_first_word_is_a_verdict_and_not_an_error() {
    let ending = Ending::Panic { said: "no root".to_owned() };
    let result = "kernel-boot/survives Fail the kernel panicked before the first case no root";
    check(Vec::new(), ending, &[result], true);
}

#[test]
fn a_suite_that_could_not_begin_has_no_report() {
    let refused = Message::Refused { why: "no devpts".to_owned() };
    let said = vec![Message::Hello { taint: 0 }, refused];
    let error = judged(said, Ending::TurnedOff).expect_err("no case was run");
    let (why, console) = ("no devpts".to_owned(), "the console".to_owned());
    assert_eq!(error, CannotRun { why, console });
}
