//! Performs files of vectors on a bare pty of the kernel, and says where they differ.
//!
//! `cargo run -p ptyproof-scenario --release --example perform -- cases/line-discipline/*.toml`

use ptyproof_scenario::stage::Kernel;
use ptyproof_scenario::{judge, notation};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match perform() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn perform() -> Result<usize, Box<dyn Error>> {
    let vectors = notation::read(std::env::args_os().skip(1))?;
    let mut kernel = Kernel::new()?;
    let mut failed = 0;
    for vector in &vectors {
        match judge(vector, &mut kernel) {
            Ok(None) => {}
            Ok(Some(profile)) => println!("{}: outcome {profile}", vector.id),
            Err(why) => {
                failed += 1;
                println!("{}: {why}", vector.id);
            }
        }
    }
    println!("{} vectors, {failed} differ", vectors.len());
    Ok(failed)
}
