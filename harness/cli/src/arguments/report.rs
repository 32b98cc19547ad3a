//! The command line of `ptyproof report`.

use clap::Args;
use std::path::PathBuf;

const REPORT_HELP: &str = "\
Targets are whatever the reports are of: runtimes, versions of one, kernels. Without --html or --json the matrix is printed:
targets by areas, and the behaviours on which targets differ, the most important first.

A page is one document that asks nothing of anybody: it opens from a file and needs no server. A place that ends in .html is a
file; else it is a directory, whose index.html is the page, with the JSON reports beside it. A behaviour's address can be
linked to: index.html#console/is-the-terminal.

Examples:
  ptyproof report runc.json crun.json                    the matrix, here
  ptyproof report reports/*.json --html site             a directory to be published
  ptyproof report after.json --html terminals.html       one file

Exit status:
  0  the matrix was printed, or the page was written
  2  the command line, a report, or the page's place cannot be used
  3  the page could not be written";

/// Arguments of `report`.
#[derive(Debug, Args)]
#[command(after_help = REPORT_HELP)]
pub struct Report {
    /// What `run --report json=FILE` or `kernel --reports DIR` wrote
    #[arg(value_name = "REPORT", required = true)]
    pub reports: Vec<PathBuf>,
    /// Write a page for a browser
    #[arg(long, value_name = "DIR|FILE.html")]
    pub html: Option<PathBuf>,
    /// Print the matrix as JSON
    #[arg(long, conflicts_with = "html")]
    pub json: bool,
}
