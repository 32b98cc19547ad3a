//! The terminal that the command is called at, if any.

use anstream::{AutoStream, ColorChoice};
use ptyproof_harness::terminal;
use std::io::{self, IsTerminal};

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

/// Columns of the terminal; a new pty says 0 until somebody sets its size.
pub fn width() -> usize {
    match terminal::size(io::stderr()) {
        Ok(size) if size.columns > 0 => size.columns.into(),
        _ => 80,
    }
}
