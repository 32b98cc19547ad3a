//! The command line of `ptyproof certify`.

use super::{DEFAULT_TIMEOUT, above_zero};
use crate::patience;
use clap::Args;
use std::num::NonZeroUsize;
use std::{path::PathBuf, time::Duration};

const CERTIFY_HELP: &str = "\
All cases of the levels must and security are run, and the target is certified where each of them passes and leaves nothing
behind. None may be skipped, and what is known to fail fails; what no OCI runtime does is not applicable. Written are a
statement that names the target, its version and SHA-256, the kernel and the version of the suite (statement.json), a badge
(badge.svg), and the report that both are made of (report.json).

Examples:
  ptyproof certify                                          the reference runtime
  ptyproof certify --runtime ./mine --output mine
  ptyproof certify --verify mine/statement.json             whether statement and report agree

Exit status:
  0  it is certified; with --verify: statement and report agree
  1  it is not, and why is told; with --verify: they do not agree
  2  the command line, the runtime's path, a profile, a statement or a report cannot be used
  3  the machine or the harness is at fault, or the run was interrupted: nothing is stated";

/// Arguments of `certify`.
#[derive(Debug, Args)]
#[command(after_help = CERTIFY_HELP)]
pub struct Certify {
    /// The OCI runtime to certify; without it, the reference runtime that ptyproof carries along
    #[arg(long, value_name = "PATH")]
    pub runtime: Option<PathBuf>,
    /// There is none: what must hold is written of OCI runtimes
    #[arg(long, value_name = "NAME", hide = true)]
    pub target: Option<String>,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub profile: Option<String>,
    /// Run the cases, too, that change settings of this machine for a moment: where one of them has to pass, nothing is
    /// certified without
    #[arg(long)]
    pub disturb: bool,
    /// Cases at a time [default: two per core]
    #[arg(long, value_name = "N", value_parser = above_zero::<NonZeroUsize>)]
    pub jobs: Option<NonZeroUsize>,
    /// The longest that a case waits for any one thing (an answer, a byte, an exit): 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", default_value = DEFAULT_TIMEOUT, value_parser = patience::parse)]
    pub timeout: Duration,
    /// The directory to write to
    #[arg(long, value_name = "DIR", default_value = "certificate")]
    pub output: PathBuf,
    /// Run nothing, and see whether a statement is what follows from the report beside it
    #[arg(long, value_name = "FILE", exclusive = true)]
    pub verify: Option<PathBuf>,
}
