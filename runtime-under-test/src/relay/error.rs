use nix::errno::Errno;
use thiserror::Error;

/// Why the relay could not do its work.
#[derive(Debug, Error)]
pub enum RelayError {
    /// The caller's terminal does not take raw mode.
    #[error("putting the caller's terminal into raw mode: {0}")]
    Raw(Errno),
    /// The master cannot be watched.
    #[error("relaying the terminal: {0}")]
    Master(Errno),
    /// Standard output takes no more; the container was hung up.
    #[error("writing the container's output: {0}")]
    Output(Errno),
}
