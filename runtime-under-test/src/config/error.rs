use crate::syscall::Reason;
use std::path::PathBuf;

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {path}: {reason}", path = .0.display(), reason = .1.words())]
    Read(PathBuf, std::io::Error),
    /// The file is not JSON, or a value has another type than the field needs: line and column, from 1, what was found and
    /// what was expected.
    #[error("{path}:{1}:{2}: {3}", path = .0.display())]
    Syntax(PathBuf, usize, usize, String),
    /// A value that cannot be, or that asks for what ptyrun does not implement.
    #[error("{}: {field}: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The field's path, such as `process.consoleSize.height`.
        field: String,
        /// What is wrong, and what was expected.
        reason: String,
    },
}

impl ConfigError {
    /// A value of `field` that cannot be.
    pub(crate) fn invalid(path: &std::path::Path, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { path: path.to_owned(), field: field.into(), reason: reason.into() }
    }
}
