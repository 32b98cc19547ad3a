//! The command line: what all commands share; the rest is a module for each.

mod certify;
mod compare;
mod doctor;
mod explain;
mod fuzz;
mod kernel;
mod list;
mod pack;
mod perform;
mod replay;
mod report;
mod run;
mod teeth;
mod vectors;

pub use certify::Certify;
pub use compare::Compare;
pub use doctor::Doctor;
pub use explain::Explain;
pub use fuzz::Fuzz;
pub use kernel::{Acceleration, Kernel};
pub use list::List;
pub use pack::Pack;
pub use perform::{Perform, Place};
pub use replay::Replay;
pub use report::Report;
pub use run::{DEFAULT_TIMEOUT, Run, TargetKind};
pub use teeth::Teeth;
pub use vectors::Vectors;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

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
  ptyproof report runc.json crun.json --html site  a page for a browser
  ptyproof replay report.json relay/newlines-are-translated-once     what was said there, as it happened
  ptyproof certify --runtime ./mine                whether it does all that it must
  ptyproof pack DIR                                to be taken to another machine
  ptyproof doctor                                  what this machine lacks";

/// Proves how a container runtime handles terminals.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Arguments {
    /// Whether what is told is coloured: auto is where it goes to a terminal that knows colours, unless NO_COLOR is set
    #[arg(long, global = true, display_order = 900, value_enum, value_name = "WHEN", default_value_t = clap::ColorChoice::Auto)]
    pub color: clap::ColorChoice,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start containers, drive their terminals, and judge
    Run(Box<Run>),
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
    /// Play what was said on the terminals of a case, from a report
    Replay(Replay),
    /// Run all that a runtime must do, and state whether it does
    Certify(Certify),
    /// Say what this machine lacks for a full run, and how to get it
    Doctor(Doctor),
    /// Put reports into one matrix, or onto a page for a browser: targets by areas, a place for each behaviour
    Report(Report),
    /// Put ptyproof and all that it is linked with into a directory, to be taken to another machine
    Pack(Pack),
    /// Print a script by which a shell completes this command's line
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or that of one command: ptyproof man run | man -l -
    Man {
        /// The command
        command: Option<String>,
        /// Write the pages of all commands into a directory instead: ptyproof.1, ptyproof-run.1 and so on
        #[arg(long, value_name = "DIR", conflicts_with = "command")]
        dir: Option<PathBuf>,
    },
}

/// Parses a number of things, of which there must be one at least.
fn above_zero<N: std::str::FromStr>(text: &str) -> Result<N, &'static str> {
    text.parse().map_err(|_| "expected a whole number above 0")
}
