//! The command line of `ptyproof run`.

use super::above_zero;
use crate::filter::Breadth;
use crate::patience;
use crate::report_request::{self, ReportRequest};
use clap::{Args, ValueEnum};
use std::num::NonZeroUsize;
use std::{path::PathBuf, time::Duration};

const RUN_HELP: &str = "\
Each case gets a worker in namespaces of its own, which ends with all it started. Nothing is left behind, also when
the run is interrupted; what a killed run leaves, the next one removes.

Examples:
  ptyproof run                                             the reference runtime
  ptyproof run --runtime /usr/bin/crun console/ 'exec/*'   two areas of another one
  ptyproof run --runtime ./mine --expect known.toml --strict --report json=report.json,tap=report.tap
  ptyproof run --report json=- | jq .summary               a report to standard output, the rest to standard error

An expectation file names cases that are known to fail, and why:
  [[expect]]
  case = \"owner/exec-as-user-owns-its-terminal\"
  because = \"the terminal of exec belongs to the container's user\"
  observed = \"[0, 5, 0620]\"
  link = \"https://example.org/issues/1\"
What was observed has to be the same again; observed = { pattern = '...' } is a regular expression for all of it.
`--write-expectations FILE` writes a first file.

Exit status:
  0  all as expected: passed, warned, recorded, skipped with a reason, or failed as an expectation says
  1  a case failed, timed out, left something behind, or passed against an expectation; with --strict also: was skipped
  2  the command line, the runtime's path, a profile or an expectation file cannot be used
  3  the machine or the harness is at fault: a case ended in error (and none as under 1), every case was
     skipped, a report could not be written, or the run was interrupted
  4  no case was selected";

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = RUN_HELP)]
pub struct Run {
    /// An id, a prefix that ends in a slash (console/), or a glob of * and ?; without any, all cases
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// The OCI runtime to test; without it, the reference runtime that ptyproof carries along
    #[arg(long, value_name = "PATH")]
    pub runtime: Option<PathBuf>,
    /// What to test: an OCI runtime, or the terminals of the kernel that runs, without any container
    #[arg(long, value_enum, default_value_t = TargetKind::Runtime)]
    pub target: TargetKind,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub profile: Option<String>,
    /// Cases at a time [default: two per core]
    #[arg(long, value_name = "N", value_parser = above_zero::<NonZeroUsize>)]
    pub jobs: Option<NonZeroUsize>,
    /// The longest that a case waits for any one thing (an answer, a byte, an exit): 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", default_value = DEFAULT_TIMEOUT, value_parser = patience::parse)]
    pub timeout: Duration,
    /// How much of the suite
    #[arg(long, value_enum, default_value_t = Breadth::All)]
    pub level: Breadth,
    /// Also run the cases that change settings of this machine for a moment; what they were is written down and put back
    #[arg(long)]
    pub disturb: bool,
    /// A skipped case is a failure
    #[arg(long)]
    pub strict: bool,
    /// Begin no further case after the first that is not as expected, and skip the rest
    #[arg(long)]
    pub fail_fast: bool,
    /// Only warn where a case fails that came after this edition of the suite, such as 2026.1
    #[arg(long, value_name = "NAME")]
    pub edition: Option<String>,
    /// Further cases that are known to fail; wins over what is built in for the profile
    #[arg(long, value_name = "FILE")]
    pub expect: Vec<PathBuf>,
    /// Reports to write.
    #[arg(long, value_name = "FORMAT=FILE", value_delimiter = ',', help = report_request::help())]
    pub report: Vec<ReportRequest>,
    /// Write what fails to a new file for --expect, in which reasons and links are to be filled in
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    pub write_expectations: Option<PathBuf>,
}

/// What `--target` can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TargetKind {
    /// An OCI runtime, by --runtime
    Runtime,
    /// The kernel that runs
    Kernel,
}

/// `--timeout` where none is given.
pub const DEFAULT_TIMEOUT: &str = "5s";
