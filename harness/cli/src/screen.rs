//! The terminal that the command is called at, if any.

use crate::exit::Refusal;
use anstream::{AutoStream, ColorChoice};
use ptyproof_harness::terminal;
use ptyproof_report::GitHub;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

/// `--color`.
pub fn colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    }
    .write_global();
}

/// Whether somebody watches who wants what lives and what is coloured: `--color`, NO_COLOR, TERM and CI tell.
/// `taken` says that standard output is for a report.
pub fn is_watched(taken: bool) -> bool {
    let terminal = io::stderr().is_terminal() && (taken || io::stdout().is_terminal());
    terminal && is_coloured(taken) && std::env::var_os("CI").is_none_or(|value| value.is_empty())
}

/// Whether what is told is coloured, which `--color=always` wants wherever it goes.
pub fn is_coloured(taken: bool) -> bool {
    let choice = if taken { AutoStream::choice(&io::stderr()) } else { AutoStream::choice(&io::stdout()) };
    choice != ColorChoice::Never
}

/// Who tells GitHub's runner, where there is one, of what is shown on `output` from now on.
pub fn github(output: Box<dyn Write>) -> Result<Option<GitHub>, Refusal> {
    if std::env::var_os("GITHUB_ACTIONS").is_none_or(|value| value != "true") {
        return Ok(None);
    }
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from);
    let github = GitHub::new(output, summary).map_err(|error| Refusal::machine(format!("telling GitHub: {error}")))?;
    Ok(Some(github))
}

/// Columns of the terminal; a new pty says 0 until somebody sets its size.
pub fn width() -> usize {
    match terminal::size(io::stderr()) {
        Ok(size) if size.columns > 0 => size.columns.into(),
        _ => 80,
    }
}
