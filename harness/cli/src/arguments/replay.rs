//! The command line of `ptyproof replay`.

use clap::Args;
use std::path::PathBuf;

const REPLAY_HELP: &str = "\
What came is shown as text, and whatever a terminal would obey as an escape: nothing that a container printed does anything
to the terminal that one sits at. What was typed is marked, and remarks stand in lines of their own. Space pauses, q ends.
Pauses of more than two seconds are shortened to that; where nobody watches, there are none.

Examples:
  ptyproof replay report.json relay/newlines-are-translated-once                 as it happened
  ptyproof replay report.json relay/newlines-are-translated-once --speed 0.1     ten times slower
  ptyproof replay report.json relay/newlines-are-translated-once --step          piece by piece, each at a key
  ptyproof replay report.json relay/newlines-are-translated-once --output a.cast an asciicast, for players such as asciinema

Exit status:
  0  it was shown, or written
  2  the command line or the report cannot be used
  3  the recording could not be written, or the terminal not be set
  4  the report has no such case, or nothing was said on a terminal in it";

/// Arguments of `replay`.
#[derive(Debug, Args)]
#[command(after_help = REPLAY_HELP)]
pub struct Replay {
    /// What `run --report json=FILE` wrote
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// The id of a case in it
    #[arg(value_name = "ID")]
    pub id: String,
    /// How many times as fast as it happened
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed, conflicts_with = "step")]
    pub speed: f64,
    /// Piece by piece: a key shows the next, q ends
    #[arg(long)]
    pub step: bool,
    /// Write a recording, asciicast version 2, instead; of several terminals one each: FILE.1.cast, FILE.2.cast
    #[arg(long, value_name = "FILE.cast", conflicts_with_all = ["speed", "step"])]
    pub output: Option<PathBuf>,
}

fn speed(text: &str) -> Result<f64, &'static str> {
    let speed = text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
    speed.ok_or("expected a number above 0, such as 2 or 0.5")
}
