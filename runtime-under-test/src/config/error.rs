use std::path::PathBuf;

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not JSON, or a value has another type than the field needs.
    #[error("{}:{line}:{column}: {expected}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and what was expected.
        expected: String,
    },
    /// A value that cannot be.
    #[error("{}: {field}: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The field's path, such as `process.consoleSize.height`.
        field: String,
        /// What is wrong, and what was expected.
        reason: String,
    },
    /// A field that the runtime-spec knows and ptyrun does not implement.
    #[error("{}: {field}: not supported by ptyrun; remove it from the config", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The field's path, such as `linux.seccomp`.
        field: String,
    },
}

impl ConfigError {
    /// A value of `field` that cannot be.
    pub(crate) fn invalid(path: &std::path::Path, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { path: path.to_owned(), field: field.into(), reason: reason.into() }
    }
}
