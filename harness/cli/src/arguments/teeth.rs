//! The command line of `ptyproof teeth`.

use super::above_zero;
use clap::Args;
use std::num::NonZeroUsize;
use std::path::PathBuf;

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
