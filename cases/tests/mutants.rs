//! The vectors and the random scripts can fail: each mutant of the model, one rule of the line discipline broken in one
//! way, is told from the model by a vector or by one of the first scripts; and each vector tells a mutant. The one mutant
//! that neither can see is listed, and has to stay unseen.
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

/// What this breaks shows only in the settings that tcgetattr(3) gives, at which no step of a vector or script looks. That
/// is for the case `kernel-pair/characters-stay-whole-whatever-cflag-says`, and for the model's own tests.
const OUT_OF_SIGHT: &[Mutant] = &[Mutant::AnyCharacterSize];

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
            let name = mutant.name().replace('-', "_");
            if OUT_OF_SIGHT.contains(&mutant) {
                Trial::test(format!("{name}::is_out_of_sight"), move || {
                    is_out_of_sight(mutant, &vectors)
                })
            } else {
                Trial::test(format!("{name}::is_killed"), move || {
                    is_killed(mutant, &vectors)
                })
            }
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

fn is_out_of_sight(mutant: Mutant, vectors: &[Vector]) -> Result<(), Failed> {
    match kills(mutant, vectors, SCRIPTS)? {
        Some(killer) => Err(format!("{killer} tells it from the model: list it no longer").into()),
        None => Ok(()),
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
