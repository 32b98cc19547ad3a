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

/// The first so many messages.
fn first(count: usize) -> Vec<Message<'static>> {
    everything().into_iter().take(count).collect()
}

#[test]
fn a_guest_is_judged_by_what_it_has_said_and_how_it_ends() {
    let mut tainted = everything();
    // The bit that was there before is nobody's fault here.
    tainted.insert(3, Message::Tainted { taint: 513 });
    tainted.insert(5, Message::Tainted { taint: 641 });
    let panic = |said: &str| Ending::Panic { said: said.to_owned() };
    let silent = Ending::Silent { waited: Duration::from_secs(9) };
    let by_taint = "kernel-boot/survives Fail the kernel became tainted while area/first ran 512: a warning (WARN)";
    // A panic takes the case along that runs.
    let at_second = [
        "area/second Fail the kernel panicked while area/second ran Fatal exception",
        "kernel-boot/survives Fail the kernel panicked while area/second ran Fatal exception",
    ];
    let between = "kernel-boot/survives Fail the machine was reset between two cases a reset";
    let too_early = "kernel-boot/survives Fail the machine was turned off between two cases no end of the suite";
    let in_vain = "kernel-boot/survives Timeout nothing was heard of the guest for 9s, between two cases -";
    let stopped = "kernel-boot/survives Error qemu has stopped the machine after the last case: qemu's words -";
    // Not an error: it is a verdict.
    let at_once = "kernel-boot/survives Fail the kernel panicked before the first case no root";
    for (said, ending, results, cut_short) in [
        (everything(), Ending::TurnedOff, &["kernel-boot/survives Pass - -"][..], false),
        (tainted, Ending::TurnedOff, &[by_taint], false),
        (first(5), panic("Fatal exception"), &at_second, false),
        (first(4), Ending::Reset, &[between], true),
        (first(4), Ending::TurnedOff, &[too_early], true),
        (first(6), silent, &[in_vain], false),
        (everything(), Ending::Stopped, &[stopped], false),
        (first(4), Ending::Interrupted, &[], true),
        (Vec::new(), panic("no root"), &[at_once], true),
    ] {
        let (lines, cut) = judged(said, ending).expect("it could be run");
        assert_eq!((lines, cut), (results.iter().map(ToString::to_string).collect(), cut_short));
    }
}

#[test]
fn a_suite_that_could_not_begin_has_no_report() {
    let refused = Message::Refused { why: "no devpts".to_owned() };
    let said = vec![Message::Hello { taint: 0 }, refused];
    let error = judged(said, Ending::TurnedOff).expect_err("no case was run");
    let (why, console) = ("no devpts".to_owned(), "the console".to_owned());
    assert_eq!(error, CannotRun { why, console });
}
