//! The command line of `ptyproof explain`.

use clap::Args;

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
