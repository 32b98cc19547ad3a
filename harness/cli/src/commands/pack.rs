use crate::{arguments::Pack, exit::Refusal};
use ptyproof_guest::outside::{ProgramError, pack as packed};

/// Puts the program into a directory, from which it runs on another machine.
pub fn pack(arguments: &Pack) -> Result<(), Refusal> {
    packed(&arguments.directory).map_err(|error| match error {
        ProgramError::Directory { .. } => Refusal::usage(error),
        _ => Refusal::machine(error),
    })
}
