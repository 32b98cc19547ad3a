use crate::syscall::Reason;
use nix::errno::Errno;
use thiserror::Error;

/// Why the relay could not do its work.
#[derive(Debug, Error)]
pub enum RelayError {
    /// The caller's terminal does not take raw mode.
    #[error("putting the caller's terminal into raw mode: {}", .0.words())]
    Raw(Errno),
    /// The master cannot be watched.
    #[error("relaying the terminal: {}", .0.words())]
    Master(Errno),
    /// Standard output takes no more; the container was hung up.
    #[error("writing the container's output: {}", .0.words())]
    Output(Errno),
}
