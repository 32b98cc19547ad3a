//! The vectors as JSON are enough for a program in another language: `line-discipline/consumer.py` performs them on this kernel.

use libtest_mimic::{Arguments, Completion, Trial};
use ptyproof_scenario::notation::json;
use std::io::{ErrorKind, Write};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let trial = Trial::ignorable_test("python_performs_every_vector", || {
        let vectors = ptyproof_cases::vectors().map_err(|stop| stop.to_string())?;
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/line-discipline/consumer.py");
        let all = format!("{} vectors, 0 differ\n", vectors.len());
        for (vectors, expected) in [(&vectors[..1], "1 vector, 0 differ\n"), (&vectors[..], &all)] {
            let started = Command::new("python3").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
            let mut python = match started {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Ok(Completion::ignored_with("there is no python3 on this machine"));
                }
                started => started?,
            };
            let json = json(vectors.iter().map(|(file, vector)| (*file, vector)));
            python.stdin.take().ok_or("no standard input")?.write_all(json.to_string().as_bytes())?;
            let said = String::from_utf8(python.wait_with_output()?.stdout)?;
            if said != expected {
                return Err(said.into());
            }
        }
        Ok(Completion::Completed)
    });
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
}
