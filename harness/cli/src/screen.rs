//! The terminal that the command is called at, if any.

use anstream::{AutoStream, ColorChoice};
use ptyproof_harness::terminal;
use std::io::{self, IsTerminal};

/// Whether somebody watches who wants colour, which NO_COLOR and TERM tell: what lives and what is coloured is for them.
/// `taken` says that standard output is for a report.
pub fn is_watched(taken: bool) -> bool {
    let terminal = io::stderr().is_terminal() && (taken || io::stdout().is_terminal());
    let colour = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    terminal && colour && std::env::var_os("CI").is_none_or(|value| value.is_empty())
}

/// Columns of the terminal; a new pty says 0 until somebody sets its size.
pub fn width() -> usize {
    match terminal::size(io::stderr()) {
        Ok(size) if size.columns > 0 => size.columns.into(),
        _ => 80,
    }
}
