use crate::defect::{TABLE, select as turn_on};
use std::io::{self, Write};
use std::process::ExitCode;

/// The environment variable that names a defect where no option can be passed.
const VARIABLE: &str = "PTYRUN_DEFECT";

/// Prints every defect, its name and its sentence with a tab between.
pub(super) fn list() -> ExitCode {
    let lines: String = TABLE.iter().map(|(_, name, what)| format!("{name}\t{what}\n")).collect();
    match io::stdout().write_all(lines.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Turns on the defect that the option, or else the environment, names.
pub(super) fn select(option: Option<&str>) -> Result<(), String> {
    let variable = std::env::var(VARIABLE).ok().filter(|name| !name.is_empty());
    match option.map(String::from).or(variable) {
        Some(name) => turn_on(&name),
        None => Ok(()),
    }
}
