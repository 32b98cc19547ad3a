//! What the caller's options and the config say of the terminal, before anything exists.

use super::ContainerError;
use crate::config::{ConsoleSize, Process};
use crate::{relay::caller_window, steps::Steps, terminal::Handover};
use std::path::Path;

/// Who gets the terminal. What cannot work is refused before anything exists.
pub(crate) fn handover(
    steps: &Steps,
    terminal: bool,
    socket: Option<&Path>,
    foreground: bool,
) -> Result<Option<Handover>, ContainerError> {
    match (terminal, socket) {
        (true, Some(path)) => Ok(Some(Handover::Socket((steps.connect)(path)?))),
        (true, None) if foreground => Ok(Some(Handover::Foreground)),
        (true, None) => Err(ContainerError::Usage(
            "process.terminal is true and nobody would hold the terminal: --console-socket is needed",
        )),
        (false, Some(_)) => Err(ContainerError::Usage("--console-socket is given, but process.terminal is false")),
        (false, None) => Ok(None),
    }
}

/// The size that the terminal has from its first moment: the config's, or the caller's terminal's where it will be
/// relayed to that.
pub(crate) fn first_size(config: &Process, foreground: bool) -> Option<ConsoleSize> {
    let caller = || caller_window().map(|size| ConsoleSize { height: size.ws_row, width: size.ws_col });
    config.window().or_else(|| caller().filter(|_| foreground))
}
