//! Performs random scripts on a bare pty of the kernel and on the model, and shows where they differ.
//!
//! `cargo run -p ptyproof-scenario --release --example fuzz -- SEED FIRST COUNT`

use ptyproof_scenario::Fuzz;
use ptyproof_scenario::stage::{Kernel, Model};
use std::error::Error;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

fn main() -> ExitCode {
    match fuzz() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn fuzz() -> Result<usize, Box<dyn Error>> {
    let numbers: Vec<u64> = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<_, _>>()?;
    let [seed, first, count] = numbers[..] else {
        return Err("usage: fuzz SEED FIRST COUNT".into());
    };
    let fuzz = Fuzz { seed, first, count };
    let begin = Instant::now();
    let report = fuzz.run(&mut Model::new(), &mut Kernel::new()?, |_| (), &AtomicBool::new(false))?;
    let rate = report.scripts as f64 / begin.elapsed().as_secs_f64();
    for found in &report.found {
        println!("{found}");
    }
    for unconfirmed in &report.unconfirmed {
        println!("once only: script {}: {}", unconfirmed.script, unconfirmed.mismatch);
    }
    println!(
        "{} scripts, {} steps, {rate:.0} scripts/s, {} mismatches, {} unconfirmed",
        report.scripts,
        report.steps,
        report.found.len(),
        report.unconfirmed.len()
    );
    Ok(report.found.len())
}
