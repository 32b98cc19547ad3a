//! The command line of `ptyproof perform`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

const PERFORM_HELP: &str = "\
A vector says step by step what is done to a terminal and what must come of it; cases/line-discipline/FORMAT.md
describes the format, and `ptyproof fuzz` prints what it finds in it.

Examples:
  ptyproof perform mine.toml                            on the kernel that runs
  ptyproof perform mine.toml --on model                 what the model of the line discipline says
  ptyproof perform mine.toml --runtime /usr/sbin/runc   through the terminal of a container

Exit status:
  0  all vectors hold
  1  one does not
  2  a file cannot be read or has a mistake, which is told with its line; or the runtime's path cannot be used
  3  the machine or the harness is at fault";

/// Arguments of `perform`.
#[derive(Debug, Args)]
#[command(after_help = PERFORM_HELP)]
pub struct Perform {
    /// Files of vectors
    #[arg(value_name = "FILE.toml", required = true)]
    pub files: Vec<PathBuf>,
    /// What to perform the vectors on
    #[arg(long, value_enum, default_value_t = Place::Kernel, conflicts_with = "runtime")]
    pub on: Place,
    /// Through the terminal of a container that this OCI runtime makes
    #[arg(long, value_name = "PATH")]
    pub runtime: Option<PathBuf>,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells
    #[arg(long, value_name = "NAME|FILE.toml", requires = "runtime")]
    pub profile: Option<String>,
}

/// Where vectors are performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// A bare pty of the kernel that runs
    Kernel,
    /// The model of the line discipline, which needs no kernel
    Model,
}
