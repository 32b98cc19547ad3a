//! The terminal that the command is called at, if any.

use ptyproof_harness::terminal;
use std::io::{self, IsTerminal};

/// Whether somebody watches: what lives and what is coloured is for them. `taken` says that standard output is for a
/// report.
pub fn is_watched(taken: bool) -> bool {
    let terminal = io::stderr().is_terminal() && (taken || io::stdout().is_terminal());
    terminal && !is_set("NO_COLOR") && !is_set("CI") && !is_dumb()
}

/// <https://no-color.org>: present and not empty.
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|terminal| terminal.is_empty() || terminal == "dumb")
}

/// Columns of the terminal; a new pty says 0 until somebody sets its size.
pub fn width() -> usize {
    match terminal::size(io::stderr()) {
        Ok(size) if size.columns > 0 => size.columns.into(),
        _ => 80,
    }
}

/// One word for a shell.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:=@,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", ptyproof_report::printable(word).replace('\'', r"'\''"))
}
