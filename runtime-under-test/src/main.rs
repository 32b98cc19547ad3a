//! The `ptyrun` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ptyrun::cli::main(std::env::args_os(), &ptyrun::DESIGN)
}
