//! The command line of `ptyproof run`.

use super::above_zero;
use crate::filter::Breadth;
use crate::partition::Partition;
use crate::patience;
use crate::report_request::{self, ReportRequest};
use clap::Args;
use ptyproof_harness::target::LauncherProfile;
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
  ptyproof run --runtime runc --rerun report.json          only what was not as expected in that run
  ptyproof run --runtime runc --partition 2/4              the second of four slices, which together are all
  ptyproof run --runtime ./a --runtime ./b --report json=reports/     several in turn, each with a report of its own
  ptyproof run --target kernel --via 'ssh root@node'       the kernel of another machine; docs/kernels.md has more

--via starts this same program by the command, with a few words behind it, and takes what comes back over its standard
output. The command gets neither a terminal nor input.

An expectation file names cases that are known to fail, and why:
  [[expect]]
  case = \"owner/exec-as-user-owns-its-terminal\"
  because = \"the terminal of exec belongs to the container's user\"
  observed = \"[0, 5, 0620]\"
  link = \"https://example.org/issues/1\"
Where GITHUB_ACTIONS is set, what is not as expected is annotated, and told in the summary of the step.

What was observed has to be the same again; observed = { pattern = '...' } is a regular expression for all of it.
`--write-expectations FILE` writes a first file.

Exit status:
  0  all as expected: passed, warned, recorded, skipped with a reason, or failed as an expectation says
  1  a case failed, timed out, left something behind, or passed against an expectation; with --strict also: was skipped
  2  the command line, the runtime's path, a profile or an expectation file cannot be used
  3  the machine or the harness is at fault: a case ended in error (and none as under 1), every case was
     skipped, a report could not be written, or the run was interrupted
  4  no case was selected
Of several targets, it is the status of the worst: 3 is worse than 1, and 1 than 0.";

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = RUN_HELP)]
pub struct Run {
    /// An id, a prefix that ends in a slash (console/), or a glob of * and ?; without any, all cases
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// The OCI runtime to test, or several in turn; without it, the reference runtime that ptyproof carries along
    #[arg(long, value_name = "PATH")]
    pub runtime: Vec<PathBuf>,
    #[arg(long, value_name = "NAME|FILE.toml[=PROGRAM]", help = TargetKind::help())]
    pub target: Vec<TargetKind>,
    /// Test a kernel elsewhere: the command that starts programs there, such as 'ssh root@node'; with --target kernel
    #[arg(long, value_name = "COMMAND")]
    pub via: Option<String>,
    /// Where ptyproof itself lies there, if not at the same path as here
    #[arg(long, value_name = "PATH", requires = "via")]
    pub via_path: Option<String>,
    /// What the kernel there is called, where its release does not say it: gvisor; by that its baseline is found
    #[arg(long = "as", value_name = "NAME", requires = "via", value_parser = kernel_name)]
    pub called: Option<String>,
    /// Hold the kernel there to its baseline in cases/baselines: what that knows is as expected
    #[arg(long, requires = "via")]
    pub check: bool,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells. Of several, one for each
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub profile: Vec<String>,
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
    /// Only what was not as expected in the run of this JSON report, and what it did not come to; of its target, unless
    /// another one is named
    #[arg(long, value_name = "REPORT")]
    pub rerun: Option<PathBuf>,
    /// Only one of N slices of the cases, which together are all; a case stays in its slice when others come and go
    #[arg(long, value_name = "K/N")]
    pub partition: Option<Partition>,
    /// Begin the cases in another order, which depends on this number alone
    #[arg(long, value_name = "SEED")]
    pub shuffle: Option<u64>,
    /// There is none: a case that passes only sometimes has failed
    #[arg(long, value_name = "N", hide = true, num_args = 0..=1, default_missing_value = "1")]
    pub retries: Option<String>,
    /// Also tell what was called for each case, how it ended, and how long it took
    #[arg(short, long)]
    pub verbose: bool,
    /// Tell only what is not as expected
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Keep the bundle, the calls with their output, the stops and the recordings of each case that is not as expected
    /// there, in a new directory
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Record each terminal of each case that is not as expected there, as asciicasts: DIR/AREA/NAME.cast
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
    /// Record every case
    #[arg(long, requires = "record")]
    pub record_all: bool,
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
    #[arg(long, value_name = "FILE")]
    pub write_expectations: Option<PathBuf>,
}

/// What `--target` can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// OCI runtimes: those of --runtime, or the reference runtime.
    Runtime,
    /// The kernel that runs.
    Kernel,
    /// A launcher, by the name or the file of its profile, and its program, where that is not the one in `PATH`.
    Launcher(String, Option<PathBuf>),
}

impl TargetKind {
    const RUNTIME: &str = "runtime";

    fn help() -> String {
        let names: Vec<_> = LauncherProfile::names().collect();
        format!(
            "What to test: OCI runtimes (runtime) [default], the terminals of the kernel that runs (kernel), or a launcher, which \
             runs programs at its caller's terminal: {}, or the file of its profile",
            names.join(", ")
        )
    }
}

impl From<&str> for TargetKind {
    fn from(name: &str) -> Self {
        match name {
            Self::RUNTIME => Self::Runtime,
            ptyproof_report::Target::KERNEL => Self::Kernel,
            _ => match name.split_once('=') {
                Some((name, program)) => Self::Launcher(name.to_owned(), Some(program.into())),
                None => Self::Launcher(name.to_owned(), None),
            },
        }
    }
}

/// A name that can be a part of a file's.
fn kernel_name(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
    (begins && text != "linux" && text.len() <= 32 && text.bytes().all(plain))
        .then(|| text.to_owned())
        .ok_or("expected small letters, digits and dashes, beginning with a letter, and not linux")
}

/// `--timeout` where none is given.
pub const DEFAULT_TIMEOUT: &str = "5s";
