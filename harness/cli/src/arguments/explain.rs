//! The command line of `ptyproof explain`.

use clap::Args;
use std::path::PathBuf;

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ptyproof explain console/is-the-terminal
  ptyproof explain relay/output-to-a-file --repro --runtime /usr/bin/crun > show.sh && bash show.sh

With --repro, the lines are those of the finding where one is known (cases/FINDINGS.md), and else what the case has called. They
are for bash, as root, and need busybox, jq, python3 and util-linux.

Exit status:
  0  the case or the id was explained, or the lines were printed
  2  the command line, the runtime's path or a profile cannot be used
  3  the machine or the harness is at fault
  4  there is no such case and no such id; with --repro: there is nothing to show, for the case does not fail")]
pub struct Explain {
    /// The id of a case, or one of the ids that it covers (A01, DV-01)
    #[arg(value_name = "ID")]
    pub id: String,
    /// Print shell lines that show without ptyproof what the case finds on a runtime
    #[arg(long, requires = "runtime")]
    pub repro: bool,
    /// The OCI runtime to show it on
    #[arg(long, value_name = "PATH", requires = "repro")]
    pub runtime: Option<PathBuf>,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells
    #[arg(long, value_name = "NAME|FILE.toml", requires = "runtime")]
    pub profile: Option<String>,
}
