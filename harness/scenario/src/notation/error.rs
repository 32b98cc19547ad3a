//! Why a file is no file of vectors.

use super::{FORMAT, bytes::BadEscape};
use std::{fmt, io, path::PathBuf};

/// Why vectors cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum VectorError {
    /// The file cannot be read.
    #[error("{}: {error}", ptyproof_report::printable(&path.display().to_string()))]
    Unreadable { path: PathBuf, error: io::Error },
    /// The file is no file of vectors.
    #[error("{}", ptyproof_report::printable(&format!("{place}: {problem}")))]
    Malformed { place: Place, problem: Problem },
}

/// What is read from a file of vectors.
pub(super) type Parsed<T> = Result<T, VectorError>;

/// A place in a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub origin: String,
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.origin, self.line, self.column)
    }
}

/// A mistake in a file of vectors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum Problem {
    /// It is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// Another version of the format.
    #[error("the format is {0}, and this program reads {FORMAT}; expected a newer ptyproof, or no such key")]
    Format(usize),
    /// A key that has no meaning there.
    #[error("unknown key {key}; expected one of {expected}")]
    UnknownKey { key: String, expected: String },
    /// A key is missing.
    #[error("{of} needs the key {key}")]
    Missing { of: &'static str, key: &'static str },
    /// A value of the wrong kind.
    #[error("{key} is {found}; expected {expected}")]
    Kind { key: String, expected: String, found: String },
    /// A name that is none of its kind.
    #[error("{key}: unknown name {name}; expected one of {expected}")]
    UnknownName { key: String, name: String, expected: String },
    /// Bytes that are written wrongly.
    #[error("{0}")]
    Escape(BadEscape),
    /// A special character that is not one byte.
    #[error("{key} is {count} bytes long; expected one byte, '\\0' to disable it")]
    NotOneByte { key: String, count: usize },
    /// A step with two actions.
    #[error("a step has one action, and here are {first} and {second}; expected two steps")]
    TwoActions { first: &'static str, second: &'static str },
    /// A key that makes sense only beside another.
    #[error("{key} means nothing without {needs}")]
    Needs { key: &'static str, needs: &'static str },
    /// No less is taken than there is.
    #[error("taken is {taken} of {written} bytes; leave it out where all is taken")]
    TakenWhole { taken: usize, written: usize },
    /// The master reads and does not read.
    #[error("hold says that the master does not read; {0} belongs into a later step")]
    HeldAndRead(&'static str),
    /// A flag that is set and cleared at once.
    #[error("{0} is both set and cleared")]
    SetAndCleared(String),
    /// A name of a vector that is no name.
    #[error("the id {0} is no name; expected lower-case words and digits with - between them")]
    BadId(String),
    /// A name that another vector has.
    #[error("the id {id} is used twice; the first is at {first}")]
    DuplicateId { id: String, first: Place },
    /// Nothing is done.
    #[error("{0} is empty; expected at least one")]
    Empty(&'static str),
    /// Steps stand both in the vector and in outcomes.
    #[error("a vector has {0} of its own or outcomes, not both")]
    BesideOutcomes(&'static str),
    /// One outcome alone says nothing about versions.
    #[error("a vector with one outcome has steps of its own; expected two outcomes or more")]
    OneOutcome,
    /// Two outcomes of the same behaviour.
    #[error("two outcomes have the profile {0}")]
    DuplicateBehaviour(&'static str),
    /// Two outcomes in which different things are done.
    #[error("all outcomes have the same actions; step {0} differs from that of the first outcome")]
    ActionsDiffer(usize),
}
