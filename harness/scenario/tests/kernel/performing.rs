//! Scenarios on a bare pty.

use crate::{Test, tests};
use nix::sys::signal::{SigSet, SigmaskHow};
use ntty::{Flow, Read, Side, Signal, Size};
use ptyproof_harness::terminal::{Pair, acquire_controlling_terminal};
use ptyproof_scenario::stage::{Kernel, Model, StageError};
use ptyproof_scenario::{Action, Behaviour, Change, Look, Modes, Stage, judge, notation};
use std::mem::ManuallyDrop;

pub const TESTS: &[Test] = tests![
    the_examples_of_the_format_hold,
    a_difference_names_its_step,
    a_difference_names_its_outcome,
    an_outcome_is_told,
    scenarios_do_not_see_each_other,
    a_second_terminal_is_refused,
    the_process_is_left_as_it_was,
    what_has_to_wait_is_waited_for,
];

pub const FORMAT: &str = include_str!("../../../../cases/line-discipline/FORMAT.md");

fn the_examples_of_the_format_hold() {
    hold(&mut Kernel::new().expect("a terminal"));
    hold(&mut Model::new());
}

pub fn hold(stage: &mut dyn Stage) {
    let examples = FORMAT.split("```toml\n").skip(1);
    let mut count = 0;
    for example in examples.filter_map(|text| text.split("```").next()) {
        for vector in notation::parse("FORMAT.md", example).expect("it is well-formed") {
            judge(&vector, stage).expect("it holds");
            count += 1;
        }
    }
    assert_eq!(count, 2);
}

fn refused(text: &str) -> String {
    let vectors = notation::parse("f.toml", text).expect("it is well-formed");
    let mut kernel = Kernel::new().expect("a terminal");
    let on_kernel = judge(&vectors[0], &mut kernel).expect_err("it does not hold");
    let on_model = judge(&vectors[0], &mut Model::new()).expect_err("it does not hold");
    assert_eq!(on_kernel.to_string(), on_model.to_string());
    on_kernel.to_string()
}

/// A vector with a second step and more after it.
fn second(step: &str) -> String {
    format!("[[vector]]\nid = 'x'\ntitle = 'x'\nsteps = [{{ type = 'a', echo = 'a' }}, {{ {step} }}]\n")
}

fn a_difference_names_its_step() {
    for (step, expected) in [
        ("type = 'b'", "step 2, echo: expected '', observed 'b'"),
        ("type = '^C', echo = '\\^C'", "step 2, signals: expected [], observed [SIGINT]"),
        ("type = '\\n', echo = '\\r\\n', readable = false", "step 2, readable: expected false, observed true"),
        ("flow = 'output-off', writable = true", "step 2, writable: expected true, observed false"),
        ("type = '\\n', echo = '\\r\\n', unread = 1", "step 2, unread: expected 1, observed 2"),
        (
            "type = '\\n', echo = '\\r\\n', most = 1, read = ['a', 'b']",
            "step 2, read number 2: expected 'b', observed '\\n'",
        ),
        ("read = ''", "step 2, read: expected '', observed EAGAIN"),
        ("type = '^D', nothing = true", "step 2, read: expected EAGAIN, observed 'a'"),
        ("write = 'abc', taken = 2, echo = 'abc'", "step 2, taken: expected 2, observed 3"),
        ("type = '\\n', echo = '\\r\\n'", "at the end, read: expected EAGAIN, observed 'a\\n'"),
    ] {
        assert_eq!(refused(&second(step)), expected);
    }
    let packet = second("packet = true }, { flush = 'input', status = [2]");
    assert_eq!(refused(&packet), "step 3, status: expected [2], observed [1]");
    let left = second("type = '\\n', echo = '\\r\\n'") + "left = 'a'\n";
    assert_eq!(refused(&left), "at the end, read: expected 'a', observed 'a\\n'");
}

const TWO: &str = r"
[[vector]]
id = 'x'
title = 'x'
  [[vector.outcome]]
  profile = 'old'
  steps = [{ type = 'a', echo = 'A' }]
  [[vector.outcome]]
  profile = 'new'
  steps = [{ type = 'a', echo = 'a' }]
";

fn a_difference_names_its_outcome() {
    assert_eq!(
        refused(&TWO.replace("'a' }", "'\\x41\\x42' }")),
        "outcome old, step 1, echo: expected 'A', observed 'a'; outcome new, step 1, echo: expected 'AB', observed 'a'"
    );
}

fn an_outcome_is_told() {
    let vectors = notation::parse("f.toml", TWO).expect("it is well-formed");
    let judgement = judge(&vectors[0], &mut Kernel::new().expect("a terminal"));
    assert_eq!(judgement.expect("it holds"), Some(Behaviour::New));
}

const BYTES: Look = Look { hold: false, readable: true, writable: true, unread: true, reads: 1, most: 100 };

fn scenarios_do_not_see_each_other() {
    forgets(&mut Kernel::new().expect("a terminal"));
}

/// Whatever the one before leaves behind, the next terminal is a new one.
pub fn forgets(stage: &mut dyn Stage) {
    let raw = Change { clear: Modes::named("ICANON").expect("a flag"), ..Change::default() };
    stage.begin(&raw).expect("a terminal");
    let size = Size { rows: 24, columns: 80, ..Size::default() };
    for action in [
        Action::Write(b"left".to_vec()),
        Action::Type(b"left\x16".to_vec()),
        Action::PacketMode(true),
        Action::Resize(size),
        Action::Flow { flow: Flow::OutputOff, on: Side::Slave },
        Action::Type(b"echo\x03\x13".to_vec()),
    ] {
        stage.perform(Some(&action), &Look::default()).expect("it is performed");
    }
    stage.begin(&Change::default()).expect("a terminal");
    let seen = stage.perform(Some(&Action::Type(b"a\t\x7f\n".to_vec())), &BYTES).expect("it is performed");
    assert_eq!(seen.echo.longest(), b"a\t\x08\x08\x08\x08\x08\x08\x08\r\n");
    assert_eq!(seen.reads, [Read::Bytes(b"a\n".to_vec())]);
    assert_eq!((seen.status, seen.signals), (vec![], vec![]));
    assert_eq!((seen.unread, seen.writable), (Some(2), Some(true)));
    let seen = stage.perform(Some(&Action::Resize(size)), &Look::default()).expect("it is performed");
    assert_eq!(seen.signals, [Signal::WindowChange]);
}

/// The process has a controlling terminal already.
fn a_second_terminal_is_refused() {
    nix::unistd::setsid().expect("this process leads no group");
    // It stays open, for its end is a hang-up, which ends this process.
    let pair = ManuallyDrop::new(Pair::open().expect("a pty"));
    acquire_controlling_terminal(&pair.slave).expect("the session has none");
    match Kernel::new().err() {
        Some(StageError::NoSession { errno }) => assert_eq!(errno.to_string(), "EPERM"),
        other => panic!("{other:?}"),
    }
}

fn mask() -> SigSet {
    let mut mask = SigSet::empty();
    nix::sys::signal::pthread_sigmask(SigmaskHow::SIG_BLOCK, None, Some(&mut mask)).expect("a mask");
    mask
}

fn cpus() -> nix::sched::CpuSet {
    nix::sched::sched_getaffinity(nix::unistd::Pid::from_raw(0)).expect("an affinity")
}

/// Also the signals of a hang-up, which ends this process where it gets one.
fn the_process_is_left_as_it_was() {
    let before = (mask(), cpus());
    for _ in 0..2 {
        let mut kernel = Kernel::new().expect("a terminal");
        let interrupt = Action::Type(b"\x03".to_vec());
        let seen = kernel.perform(Some(&interrupt), &Look::default());
        assert_eq!(seen.expect("it is performed").signals, [Signal::Interrupt]);
        assert_ne!(mask(), before.0);
        kernel.perform(Some(&interrupt), &Look::default()).expect("the signal that nobody takes is forgotten");
        drop(kernel);
        assert_eq!((mask(), cpus()), before);
    }
}

/// What has no room waits until something is read, and is there for the next read.
fn what_has_to_wait_is_waited_for() {
    let text = r"
[[vector]]
id = 'x'
title = 'x'
termios = { clear = ['ICANON', 'ECHO', 'ISIG', 'IXON'], VMIN = 1 }
steps = [
  { type = { repeat = 'a', times = 2048 }, unread = 2048 },
  { type = { repeat = 'b', times = 2048 }, unread = 4095 },
  { type = { repeat = 'c', times = 2048 }, unread = 4095 },
  { most = 4000, read = [[{ repeat = 'a', times = 2048 }, { repeat = 'b', times = 1952 }], [{ repeat = 'b', times = 96 }, { repeat = 'c', times = 2048 }]] },
]
";
    let vectors = notation::parse("f.toml", text).expect("it is well-formed");
    let mut kernel = Kernel::new().expect("a terminal");
    for _ in 0..50 {
        judge(&vectors[0], &mut kernel).expect("it holds on this kernel");
        judge(&vectors[0], &mut Model::new()).expect("it holds on the model");
    }
}
