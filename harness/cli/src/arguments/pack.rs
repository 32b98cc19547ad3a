//! The command line of `ptyproof pack`.

use clap::Args;
use std::path::PathBuf;

const PACK_HELP: &str = "\
The directory runs wherever it is taken, whatever libraries there are: DIR/ptyproof is a script of sh that starts the
program by the loader and the libraries which lie beside it.

Examples:
  ptyproof pack ptyproof-elsewhere && scp -r ptyproof-elsewhere root@node:/tmp
  ptyproof run --target kernel --via 'ssh root@node' --via-path /tmp/ptyproof-elsewhere/ptyproof
  ssh -t root@node /tmp/ptyproof-elsewhere/ptyproof run --runtime /usr/sbin/runc";

/// Arguments of `pack`.
#[derive(Debug, Args)]
#[command(after_help = PACK_HELP)]
pub struct Pack {
    /// The directory, which is made
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}
