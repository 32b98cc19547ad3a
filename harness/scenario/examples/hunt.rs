//! Hunts for mutants of the model: which vector or script tells each from the model itself.
//!
//! `cargo run -p ptyproof-scenario --release --features mutants --example hunt -- SCRIPTS [FILE.toml...]`

use ntty::Mutant;
use ptyproof_scenario::{Fuzz, kills, notation};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match hunt() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn hunt() -> Result<usize, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().ok_or("usage: hunt SCRIPTS [FILE.toml...]")?;
    let scripts = Fuzz { seed: 1, first: 0, count: count.parse()? };
    let vectors = notation::read(arguments)?;
    let mut survivors = 0;
    for mutant in Mutant::ALL {
        match kills(*mutant, &vectors, scripts)? {
            Some(killer) => println!("{}: {killer}", mutant.name()),
            None => {
                survivors += 1;
                println!("{}: SURVIVES ({})", mutant.name(), mutant.rule());
            }
        }
    }
    println!("{} mutants, {survivors} survive", Mutant::ALL.len());
    Ok(survivors)
}
