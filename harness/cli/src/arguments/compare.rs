//! The command line of `ptyproof compare`.

use clap::Args;
use std::path::PathBuf;

const COMPARE_HELP: &str = "\
Compared is what a target did: how each case ended, which of several accepted behaviours it showed, what was recorded, and
whether something was left behind. Durations and transcripts are not. Cases that only some of the reports have are named and
are no difference.

Examples:
  ptyproof compare before.json after.json --fail-on-difference
  ptyproof compare 5.10.json 6.1.json 6.12.json --json | jq .differences
  ptyproof compare 6.12.json --check                       a kernel beside its baseline, or its nearest neighbour's
  ptyproof compare 6.1.json 6.12.json --write-baselines cases/baselines

Exit status:
  0  the reports were compared, checked, or made into baselines
  1  --fail-on-difference: there is a difference; --check: a known kernel differs from its baseline
  2  the command line, a report or a baseline cannot be used
  3  the baselines could not be written";

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = COMPARE_HELP)]
pub struct Compare {
    /// What `run --report json=FILE` wrote
    #[arg(value_name = "REPORT", required = true)]
    pub reports: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Exit with status 1 if there is a difference
    #[arg(long, conflicts_with = "check")]
    pub fail_on_difference: bool,
    /// Compare each kernel with its baseline instead, or with its nearest neighbour's
    #[arg(long)]
    pub check: bool,
    /// The baselines to check with [default: those built in]
    #[arg(long, value_name = "DIR", requires = "check")]
    pub baselines: Option<PathBuf>,
    /// Write the baseline of each kernel that `ptyproof kernel` booted, and of each version of a runtime, into a directory
    /// instead, and KERNELS.md and RUNTIMES.md anew
    #[arg(long, value_name = "DIR", conflicts_with_all = ["check", "json", "fail_on_difference"])]
    pub write_baselines: Option<PathBuf>,
}
