//! The command line of `ptyproof fuzz`.

use super::above_zero;
use clap::Args;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

const FUZZ_HELP: &str = "\
A script is a random scenario of at most a dozen steps: settings, keys, output of a program, reads, flushes, flow control, packet
mode. It is performed on the model of the line discipline and on a terminal, and all that can be seen must be equal.
Which script has which number depends on the seed alone. A difference is confirmed by repetition, made small, and printed
to standard output as a vector that can be kept; progress and totals go to standard error.

Examples:
  ptyproof fuzz                                         ten thousand scripts on the kernel that runs
  ptyproof fuzz --runs 1000000 --seed 7 > found.toml    a long run that can be repeated
  ptyproof fuzz --seed 7 --first 4711 --runs 1          one script of it again
  ptyproof fuzz --runtime /usr/sbin/runc                through the terminals of containers

Exit status:
  0  no difference
  1  a difference was found
  2  the command line or the runtime's path cannot be used
  3  the machine or the harness is at fault, or the run was interrupted";

/// Arguments of `fuzz`.
#[derive(Debug, Args)]
#[command(after_help = FUZZ_HELP)]
pub struct Fuzz {
    /// How many scripts
    #[arg(long, value_name = "N", default_value = "10000", value_parser = above_zero::<NonZeroU64>)]
    pub runs: NonZeroU64,
    /// Which scripts; without it, others each time
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Number of the first script
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub first: u64,
    /// Through the terminals of containers that this OCI runtime makes; without it, on the bare kernel
    #[arg(long, value_name = "PATH")]
    pub runtime: Option<PathBuf>,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells
    #[arg(long, value_name = "NAME|FILE.toml", requires = "runtime")]
    pub profile: Option<String>,
    /// Workers at a time [default: one per core]
    #[arg(long, value_name = "N", value_parser = above_zero::<NonZeroUsize>)]
    pub jobs: Option<NonZeroUsize>,
}
