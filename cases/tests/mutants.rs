//! The vectors and the random scripts can fail: each mutant of the model, one rule of the line discipline broken in one
//! way, is told from the model by a vector or by one of the first scripts; and each vector tells a mutant. The one mutant
//! that neither can see is listed, and has to stay unseen. The scripts that are a case of the suite tell most
//! mutants, and the editions of the model from each other.
//!
//! What the model says is what the kernel does: that is for the tests that run both.

use libtest_mimic::{Arguments, Failed, Trial};
use ntty::{Edition, Mutant};
use ptyproof_scenario::{Fuzz, Vector, judge, kills, stage::Model};
use std::{process::ExitCode, sync::Arc};

/// As many as `cargo test` has time for.
const SCRIPTS: Fuzz = Fuzz { seed: 1, first: 0, count: 12_000 };

/// What this breaks shows only in the settings that tcgetattr(3) gives, at which no step of a vector or script looks. That
/// is for the case `kernel-pair/characters-stay-whole-whatever-cflag-says`, and for the model's own tests.
const OUT_OF_SIGHT: &[Mutant] = &[Mutant::AnyCharacterSize];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let vectors = match ptyproof_cases::vectors() {
        Ok(vectors) => Arc::new(Vec::from_iter(vectors.into_iter().map(|(_, vector)| vector))),
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
                Trial::test(format!("{name}::is_out_of_sight"), move || is_out_of_sight(mutant, &vectors))
            } else {
                Trial::test(format!("{name}::is_killed"), move || is_killed(mutant, &vectors))
            }
        })
        .collect();
    trials.push(Trial::test("the_model_passes_every_vector", {
        let vectors = Arc::clone(&vectors);
        move || the_model_passes(&vectors)
    }));
    trials.push(Trial::test("every_vector_kills_a_mutant", {
        let vectors = Arc::clone(&vectors);
        move || every_vector_kills(&vectors)
    }));
    trials.push(Trial::test("every_outcome_is_of_an_edition", move || every_outcome_is_of_an_edition(&vectors)));
    let trial = |name: &str, body: fn() -> Result<(), Failed>| Trial::test(name, body);
    trials.push(trial("scripts_find_the_faults_that_the_model_had", scripts_find_faults));
    trials.push(trial("the_scripts_that_are_a_case_kill", the_scripts_kill));
    trials.push(trial("the_scripts_that_are_a_case_tell_the_editions", the_scripts_tell_the_editions));
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
        .filter_map(|vector| Some(format!("{}: {}", vector.id, judge(vector, &mut model).err()?)))
        .collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

fn every_vector_kills(vectors: &[Vector]) -> Result<(), Failed> {
    let mut toothless: Vec<&Vector> = vectors.iter().collect();
    for &mutant in Mutant::ALL {
        let (mut model, mut mutant) = (Model::new(), Model::mutant(mutant));
        toothless.retain(|vector| judge(vector, &mut model).ok() == judge(vector, &mut mutant).ok());
    }
    let ids: Vec<&str> = toothless.iter().map(|vector| vector.id.as_str()).collect();
    if ids.is_empty() { Ok(()) } else { Err(format!("no mutant turns these red: {}", ids.join(", ")).into()) }
}

/// What vectors know of older kernels, the model knows, too.
fn every_outcome_is_of_an_edition(vectors: &[Vector]) -> Result<(), Failed> {
    let mut unknown = Vec::new();
    for vector in vectors {
        let shown = |edition| judge(vector, &mut Model::of_edition(edition)).ok().flatten();
        let shown: Vec<_> = Edition::ALL.into_iter().filter_map(shown).collect();
        let outcomes = vector.outcomes.iter().filter_map(|one| one.behaviour);
        unknown.extend(
            outcomes
                .filter(|behaviour| !shown.contains(behaviour))
                .map(|behaviour| format!("{} ({behaviour})", vector.id)),
        );
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(format!("no edition of the model shows {}", unknown.join(", ")).into())
    }
}

/// The model was once wrong in two rules, and a million scripts did not see it. So many see it now.
fn scripts_find_faults() -> Result<(), Failed> {
    for mutant in [Mutant::WritesUncut, Mutant::ReadWipedLater] {
        let scripts = Fuzz { count: 100_000, ..SCRIPTS };
        let found = scripts.first_mismatch(&mut Model::new(), &mut Model::mutant(mutant))?;
        let found = found.ok_or_else(|| format!("{} is not found", mutant.name()))?;
        println!("{}: script {} of seed {}", mutant.name(), found.script, found.seed);
    }
    Ok(())
}

/// How many mutants the scripts tell at least that are a case of the suite: 160 when this was written.
const KILLED_BY_THE_CASE: usize = 150;

fn the_scripts_kill() -> Result<(), Failed> {
    let mut killed = 0;
    for &mutant in Mutant::ALL {
        killed += usize::from(kills(mutant, &[], ptyproof_cases::SCRIPTS)?.is_some());
    }
    if killed >= KILLED_BY_THE_CASE {
        Ok(())
    } else {
        Err(format!("only {killed} of {} mutants", Mutant::ALL.len()).into())
    }
}

fn the_scripts_tell_the_editions() -> Result<(), Failed> {
    for (number, &edition) in Edition::ALL.iter().enumerate() {
        for &other in &Edition::ALL[number + 1..] {
            let (mut one, mut stage) = (Model::of_edition(edition), Model::of_edition(other));
            if ptyproof_cases::SCRIPTS.first_mismatch(&mut one, &mut stage)?.is_none() {
                return Err(format!("{edition:?} and {other:?} cannot be told apart").into());
            }
        }
    }
    Ok(())
}
