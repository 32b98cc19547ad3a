//! The vectors and the random scripts can fail: each mutant of the model, one rule of the line discipline broken in one
//! way, is told from the model by a vector or by one of the first scripts; and each vector tells a mutant.
//!
//! What the model says is what the kernel does: that is for the tests that run both.

use libtest_mimic::{Arguments, Failed, Trial};
use ntty::Mutant;
use ptyproof_scenario::stage::Model;
use ptyproof_scenario::{Fuzz, Vector, judge, kills};
use std::process::ExitCode;
use std::sync::Arc;

/// As many as `cargo test` has time for.
const SCRIPTS: Fuzz = Fuzz {
    seed: 1,
    first: 0,
    count: 12_000,
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let vectors = match ptyproof_cases::vectors() {
        Ok(vectors) => Arc::new(vectors),
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let mut trials: Vec<Trial> = Mutant::ALL
        .iter()
        .map(|&mutant| {
            let vectors = Arc::clone(&vectors);
            let name = format!("{}::is_killed", mutant.name().replace('-', "_"));
            Trial::test(name, move || is_killed(mutant, &vectors))
        })
        .collect();
    trials.push(Trial::test("the_model_passes_every_vector", {
        let vectors = Arc::clone(&vectors);
        move || the_model_passes(&vectors)
    }));
    trials.push(Trial::test("every_vector_kills_a_mutant", move || {
        every_vector_kills(&vectors)
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_killed(mutant: Mutant, vectors: &[Vector]) -> Result<(), Failed> {
    match kills(mutant, vectors, SCRIPTS)? {
        Some(_) => Ok(()),
        None => Err(format!("nothing tells it from the model: {}", mutant.rule()).into()),
    }
}

fn the_model_passes(vectors: &[Vector]) -> Result<(), Failed> {
    let mut model = Model::new();
    let failures: Vec<String> = vectors
        .iter()
        .filter_map(|vector| {
            Some(format!(
                "{}: {}",
                vector.id,
                judge(vector, &mut model).err()?
            ))
        })
        .collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n").into())
    }
}

fn every_vector_kills(vectors: &[Vector]) -> Result<(), Failed> {
    let mut toothless: Vec<&Vector> = vectors.iter().collect();
    for &mutant in Mutant::ALL {
        let (mut model, mut mutant) = (Model::new(), Model::mutant(mutant));
        toothless
            .retain(|vector| judge(vector, &mut model).ok() == judge(vector, &mut mutant).ok());
    }
    let ids: Vec<&str> = toothless.iter().map(|vector| vector.id.as_str()).collect();
    if ids.is_empty() {
        Ok(())
    } else {
        Err(format!("no mutant turns these red: {}", ids.join(", ")).into())
    }
}
