//! The command line of `ptyproof doctor`.

use super::TargetKind;
use clap::Args;
use std::path::PathBuf;

const DOCTOR_HELP: &str = "\
Examples:
  ptyproof doctor                              what this machine lacks for a full run
  ptyproof doctor --runtime /usr/bin/runsc     and whether this runtime can do here what its profile says

Exit status:
  0  a full run is possible
  2  the runtime or the launcher cannot be used
  3  something is missing, or does not do what its profile says";

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = DOCTOR_HELP)]
pub struct Doctor {
    /// Look, too, whether this OCI runtime can do on this machine what its profile says
    #[arg(long, value_name = "PATH", conflicts_with = "target")]
    pub runtime: Option<PathBuf>,
    /// How to call the runtime: a built-in profile or a file; without it, its --version tells
    #[arg(long, value_name = "NAME|FILE.toml", requires = "runtime")]
    pub profile: Option<String>,
    /// The same for an engine, a sandbox or a tool: the name or the file of its profile
    #[arg(long, value_name = "NAME|FILE.toml[=PROGRAM]")]
    pub target: Option<TargetKind>,
}
