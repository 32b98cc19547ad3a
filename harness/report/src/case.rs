//! What reports know of a case.

use super::printable;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a case: `area/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(String);

impl CaseId {
    /// The id as it is. Shown, it is one line that no terminal obeys, whoever wrote the report that it is from.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `console` of `console/is-the-terminal`.
    pub fn area(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(area, _)| area)
    }
}

impl From<&str> for CaseId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0))
    }
}

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Level {
    /// Text of a specification says MUST.
    Must,
    /// Text of a specification says SHOULD; not met, it is a warning.
    Should,
    /// Two or more implementations or their documents agree.
    Convention,
    /// The kernel guarantees it.
    Kernel,
    /// A vulnerability follows where it does not hold.
    Security,
    /// Recorded, not judged.
    Info,
}

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Name of the document.
    pub document: &'static str,
    /// Address of the document, or a manual page's name and section.
    pub address: &'static str,
    /// Place in it.
    pub place: &'static str,
}

impl Reference {
    /// A document as a whole.
    pub const fn document(document: &'static str, address: &'static str) -> Self {
        Self { document, address, place: "" }
    }

    /// A place in this document.
    pub const fn at(self, place: &'static str) -> Self {
        Self { place, ..self }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.document)?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        if !self.address.is_empty() {
            write!(f, " <{}{}>", self.address, self.place)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_whatever_report_is_shown_as_one_line() {
        let id = CaseId::from("a/b\n::error::c\u{1b}[2J\u{202e}");
        assert_eq!(id.to_string(), "a/b\\n::error::c\\u{1b}[2J\\u{202e}");
    }
}
