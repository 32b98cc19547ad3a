//! The command line of `ptyproof vectors`.

use clap::Args;

const VECTORS_HELP: &str = "\
cases/line-discipline/FORMAT.md describes the vectors and their JSON; consumer.py beside it performs them.

Examples:
  ptyproof vectors --tag raw                         those that turn line editing off
  ptyproof vectors --json --without signals          those that an emulator without processes can be held to
  ptyproof vectors --json | python3 cases/line-discipline/consumer.py

Exit status:
  0  the vectors were given
  4  none has these tags";

/// Arguments of `vectors`.
#[derive(Debug, Args)]
#[command(after_help = VECTORS_HELP)]
pub struct Vectors {
    /// Print JSON, with all that a program needs to perform them; without it, a line for each vector
    #[arg(long)]
    pub json: bool,
    /// Only vectors with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// No vectors with this tag
    #[arg(long, value_name = "TAG")]
    pub without: Vec<String>,
}
