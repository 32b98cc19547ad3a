//! The command line of `ptyproof list`.

use clap::Args;

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
