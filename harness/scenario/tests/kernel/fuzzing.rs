//! Scripts on a bare pty and on the model.

use crate::{Test, tests};
use ntty::Mutant;
use ptyproof_scenario::stage::{Kernel, Model};
use ptyproof_scenario::{Aspect, Fuzz, FuzzReport, Killer, Stage, judge, kills, notation::parse};
use std::sync::atomic::AtomicBool;

pub const TESTS: &[Test] = tests![
    the_model_agrees_with_the_kernel,
    a_mutant_is_found_and_made_small,
    parts_make_up_the_whole,
    a_run_can_be_stopped,
    a_mutant_is_killed,
];

fn run(fuzz: Fuzz, model: &mut dyn Stage, stage: &mut dyn Stage) -> FuzzReport {
    fuzz.run(model, stage, |_| (), &AtomicBool::new(false)).expect("all scripts can be performed")
}

fn the_model_agrees_with_the_kernel() {
    let (seed, first, count) = (3, 0, 3000);
    let fuzz = Fuzz { seed, first, count };
    let report = run(fuzz, &mut Model::new(), &mut Kernel::new().expect("a terminal"));
    for found in &report.found {
        eprintln!("{found}");
    }
    assert_eq!((report.scripts, report.found.len()), (count, 0));
}

/// In place of the model a mutant, so that the kernel is what differs.
fn a_mutant_is_found_and_made_small() {
    let (seed, first, count) = (1, 0, 300);
    let fuzz = Fuzz { seed, first, count };
    let mut mutant = Model::mutant(Mutant::EndOfFileEchoed);
    let mut kernel = Kernel::new().expect("a terminal");
    let report = run(fuzz, &mut mutant, &mut kernel);
    let found = report.found.first().expect("a mismatch");
    assert_eq!(found.mismatch.contrast.aspect, Aspect::Echo);
    assert!(found.vector.outcomes[0].steps.len() <= 2, "{found}");
    // What is shown is a file with a vector that holds on the kernel, and not on the mutant.
    let vectors = parse("found.toml", &found.to_string()).expect("it is well-formed");
    assert_eq!(vectors, std::slice::from_ref(&found.vector));
    judge(&vectors[0], &mut kernel).expect("it holds on the kernel");
    judge(&vectors[0], &mut Model::new()).expect("it holds on the model");
    judge(&vectors[0], &mut mutant).expect_err("it does not hold on the mutant");
}

fn parts_make_up_the_whole() {
    let mutant = || Model::mutant(Mutant::EndOfFileEchoed);
    let part = |first, count| {
        let fuzz = Fuzz { seed: 5, first, count };
        run(fuzz, &mut mutant(), &mut Model::new())
    };
    let (whole, one, other) = (part(0, 60), part(0, 25), part(25, 35));
    assert!(!one.found.is_empty() && !other.found.is_empty());
    assert_eq!(whole.found, [one.found, other.found].concat());
    assert_eq!(whole.steps, one.steps + other.steps);
}

fn a_run_can_be_stopped() {
    let stop = AtomicBool::new(false);
    let fuzz = Fuzz { seed: 1, first: 0, count: 100 };
    let progress = |done| {
        stop.store(done == 10, std::sync::atomic::Ordering::Relaxed);
    };
    let report = fuzz.run(&mut Model::new(), &mut Model::new(), progress, &stop);
    assert_eq!(report.expect("it is performed").scripts, 10);
}

fn a_mutant_is_killed() {
    let scripts = Fuzz { seed: 1, first: 0, count: 300 };
    let by = |text: &str| {
        let vectors = parse("f.toml", text).expect("it is well-formed");
        kills(Mutant::EndOfFileEchoed, &vectors, scripts).expect("it is performed")
    };
    let vector = "[[vector]]\nid = 'x'\ntitle = 'x'\nsteps = [{ type = 'a^D', echo = 'a', read = 'a' }]";
    assert_eq!(by(vector), Some(Killer::Vector("x".to_owned())));
    let other = vector.replace("^D', echo = 'a', read = 'a", "\\n', echo = 'a\\r\\n', read = 'a\\n");
    assert!(matches!(by(&other), Some(Killer::Script(_))));
}
