//! The command line.

use crate::report_request::{self, ReportRequest};
use crate::{filter::Breadth, patience};
use clap::{Args, Parser, Subcommand, ValueEnum};
use ptyproof_guest::order::Setting;
use std::num::{NonZeroU64, NonZeroUsize};
use std::{path::PathBuf, time::Duration};

const EXAMPLES: &str = "\
Examples:
  ptyproof run                                     the reference runtime, all cases
  ptyproof run --runtime /usr/sbin/runc            your runtime
  ptyproof run --runtime ./mine 'console/*'        some cases
  ptyproof run --target kernel                     the kernel's own terminals, without any container
  ptyproof run --runtime ./mine --report junit=terminals.xml
  ptyproof kernel /boot/vmlinuz-*                  other kernels, booted in qemu
  ptyproof fuzz --runs 100000                      the kernel against the model of the line discipline
  ptyproof vectors --json                          the line discipline's behaviours, for other programs
  ptyproof list devpts/                            what is tested there
  ptyproof explain console/is-the-terminal         what a case asks for, and why
  ptyproof compare runc.json crun.json             what differs between two reports of run
  ptyproof doctor                                  what this machine lacks";

/// Proves how a container runtime handles terminals.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start containers, drive their terminals, and judge
    Run(Run),
    /// Boot kernels in qemu, and run the suite in each
    Kernel(Kernel),
    /// Compare the kernel's line discipline with the model, by random scripts
    Fuzz(Fuzz),
    /// Show that each case fails where a runtime is wrong, and at which assertion
    Teeth(Teeth),
    /// Perform files of vectors of your own
    Perform(Perform),
    /// Give the vectors of the line discipline that come along, for other programs
    Vectors(Vectors),
    /// Name the cases: ids, levels, titles, needs
    List(List),
    /// Say what a case asks for, why, where it is written, and which defects it catches
    Explain(Explain),
    /// Put reports side by side, of kernels, runtimes or versions: differences first
    Compare(Compare),
    /// Say what this machine lacks for a full run, and how to get it
    #[command(after_help = "\
Exit status:
  0  a full run is possible
  3  something is missing")]
    Doctor,
    /// Print a script by which a shell completes this command's line
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or that of one command: ptyproof man run | man -l -
    Man {
        /// The command
        command: Option<String>,
    },
}

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
    /// Cases at a time [default: one per core]
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

const KERNEL_HELP: &str = "\
Each kernel is booted in a virtual machine of 512 MiB, with nothing but ptyproof inside. It runs the cases about the
kernel, and those about containers with the reference runtime. Several kernels run side by side. That one survives is
a case itself: kernel-boot/survives-the-suite.

A kernel needs devpts, and virtio_pci and virtio_console: built in or as modules, which are found beside the image as
distributions have them, or by --modules. `ci/kernels` gets kernels from Debian's packages.

Examples:
  ptyproof kernel /boot/vmlinuz-$(uname -r)                            this machine's own
  ptyproof kernel boot/vmlinuz-6.1.0-50-amd64 --modules lib/modules    modules that lie elsewhere
  ptyproof kernel bzImage --append sysctl.dev.tty.legacy_tiocsti=1     a kernel that was just built
  ptyproof kernel vmlinuz-* --reports reports -- 'kernel-*' devpts/    some cases in several kernels

Exit status:
  0  all as expected in all kernels
  1  a case failed, timed out, or left something behind; with --strict also: was skipped
  2  the command line cannot be used, or a file is no kernel (and none as under 1; the others were run all the same)
  3  the machine or the harness is at fault: there is no qemu, the suite could not be run in a kernel, a case ended in
     error (and none as under 1), a report could not be written, or the run was interrupted
  4  no case was selected";

/// Arguments of `kernel`.
#[derive(Debug, Args)]
#[command(after_help = KERNEL_HELP)]
pub struct Kernel {
    /// Images of kernels, most often called vmlinuz or bzImage
    #[arg(value_name = "IMAGE", required = true)]
    pub images: Vec<PathBuf>,
    /// Ids, prefixes or globs, as for `run`; without any, all cases
    #[arg(value_name = "FILTER", last = true)]
    pub filters: Vec<String>,
    /// Where modules are: lib/modules, a directory that has one, or the directory of one kernel
    #[arg(long, value_name = "DIR")]
    pub modules: Vec<PathBuf>,
    /// Further parameters for the kernels
    #[arg(long, value_name = "PARAMETERS", allow_hyphen_values = true, default_value = "")]
    pub append: String,
    /// Settings to write in each kernel before the first case
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub sysctl: Vec<Setting>,
    /// Whether the processor runs the kernels itself (kvm) or qemu translates them (tcg)
    #[arg(long, value_enum, default_value_t = Acceleration::Auto)]
    pub accel: Acceleration,
    /// Kernels at a time [default: one per core]
    #[arg(long, value_name = "N", value_parser = above_zero::<NonZeroUsize>)]
    pub jobs: Option<NonZeroUsize>,
    /// The longest that a case waits for any one thing (an answer, a byte, an exit): 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", default_value = "15s", value_parser = patience::parse)]
    pub timeout: Duration,
    /// How much of the suite
    #[arg(long, value_enum, default_value_t = Breadth::All)]
    pub level: Breadth,
    /// A skipped case is a failure
    #[arg(long)]
    pub strict: bool,
    /// Hold each kernel to its baseline in cases/baselines; of one without, show what differs from its nearest neighbour
    #[arg(long)]
    pub check: bool,
    /// Write reports there: RELEASE.json, RELEASE.tap and RELEASE.xml (JUnit) for each kernel
    #[arg(long, value_name = "DIR")]
    pub reports: Option<PathBuf>,
}

/// What `--accel` can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Acceleration {
    /// kvm where it works, else tcg
    Auto,
    /// The processor, by /dev/kvm
    Kvm,
    /// qemu itself: slower, and always there
    Tcg,
}

fn setting(text: &str) -> Result<Setting, String> {
    let expected = "expected NAME=VALUE, such as kernel.pty.max=64";
    let (name, value) = text.split_once('=').ok_or(expected)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.contains("..") || !name.chars().all(plain) {
        return Err(expected.to_owned());
    }
    Ok(Setting { name: name.to_owned(), value: value.to_owned() })
}

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

const TEETH_HELP: &str = "\
Each case names defects of ptyrun that turn it red, and the assertion at which. ptyrun-with-defects is ptyrun with all of them. A line for
each pair says whether it is so: red as said, or wrong, and how. Without a filter, defects that nothing catches and cases that nothing
turns red are wrong, too.

Examples:
  cargo build --package ptyrun-defects
  ptyproof teeth --runtime target/debug/ptyrun-with-defects
  ptyproof teeth --runtime target/debug/ptyrun-with-defects console/

Exit status:
  0  all as said
  1  not
  2  the command line or the runtime's path cannot be used
  3  the machine or the harness is at fault, or the run was interrupted
  4  no case is selected";

/// Arguments of `teeth`.
#[derive(Debug, Args)]
#[command(after_help = TEETH_HELP)]
pub struct Teeth {
    /// Only these cases: an id, a prefix such as console/, or a glob
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// ptyrun with its defects
    #[arg(long, value_name = "PATH")]
    pub runtime: PathBuf,
    /// Workers at a time [default: one per core]
    #[arg(long, value_name = "N", value_parser = above_zero::<NonZeroUsize>)]
    pub jobs: Option<NonZeroUsize>,
}

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

/// Parses a number of things, of which there must be one at least.
fn above_zero<N: std::str::FromStr>(text: &str) -> Result<N, &'static str> {
    text.parse().map_err(|_| "expected a whole number above 0")
}

/// Where vectors are performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// A bare pty of the kernel that runs
    Kernel,
    /// The model of the line discipline, which needs no kernel
    Model,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0  the cases were named
  4  no case was selected")]
pub struct List {
    /// An id, a prefix that ends in a slash (console/), or a glob of * and ?
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print every id that cases cite: what must hold, where it is written, and the cases, or why there is none
    #[arg(long, conflicts_with = "filters")]
    pub coverage: bool,
    /// Print the page of what runtimes were found to do that no tracker has, cases/FINDINGS.md
    #[arg(long, conflicts_with_all = ["filters", "json", "coverage"])]
    pub findings: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0  the case or the id was explained
  4  there is no such case and no such id")]
pub struct Explain {
    /// The id of a case, or one of the ids that it covers (A01, DV-01)
    #[arg(value_name = "ID")]
    pub id: String,
}

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
    /// Write the baseline of each kernel that `ptyproof kernel` booted into a directory instead, and KERNELS.md anew
    #[arg(long, value_name = "DIR", conflicts_with_all = ["check", "json", "fail_on_difference"])]
    pub write_baselines: Option<PathBuf>,
}
