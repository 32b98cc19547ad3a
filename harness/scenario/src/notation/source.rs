//! A parsed file, with the places of everything in it.

use super::error::{Parsed, Place, Problem, VectorError};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
pub type Value<'s> = Spanned<DeValue<'s>>;

/// The text of a file.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// The file's name.
    pub origin: &'s str,
    /// Its contents.
    pub text: &'s str,
}

impl Source<'_> {
    /// Where an offset in bytes is.
    pub fn place(&self, offset: usize) -> Place {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line = before.rfind('\n').map_or(before, |end| &before[end + 1..]);
        Place {
            origin: self.origin.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }

    /// A mistake at the beginning of what stands there.
    pub fn error(&self, span: Range<usize>, problem: Problem) -> VectorError {
        let place = self.place(span.start);
        VectorError::Malformed { place, problem }
    }
}

/// A table of which only certain keys have a meaning.
pub struct Table<'t, 's> {
    /// The file.
    pub source: Source<'t>,
    /// Where the table stands.
    pub span: Range<usize>,
    /// What it is, for messages.
    what: &'static str,
    entries: &'t DeTable<'s>,
}

impl<'t, 's> Table<'t, 's> {
    /// A table that has no other keys than the `known` ones, or the first that is unknown.
    pub fn new(source: Source<'t>, what: &'static str, value: &'t Value<'s>, known: &[&str]) -> Parsed<Self> {
        let DeValue::Table(entries) = value.get_ref() else {
            return Err(kind(source, what, value, "a table"));
        };
        Self::of_entries(source, what, value.span(), entries, known)
    }

    /// Like [`new`](Self::new), for a table that is no value.
    pub fn of_entries(
        source: Source<'t>,
        what: &'static str,
        span: Range<usize>,
        entries: &'t DeTable<'s>,
        known: &[&str],
    ) -> Parsed<Self> {
        let mut keys: Vec<_> = entries.keys().collect();
        keys.sort_by_key(|key| key.span().start);
        for key in keys {
            if !known.contains(&key.get_ref().as_ref()) {
                let problem = Problem::UnknownKey { key: key.get_ref().to_string(), expected: known.join(", ") };
                return Err(source.error(key.span(), problem));
            }
        }
        Ok(Self { source, span, what, entries })
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'t Value<'s>> {
        self.entries.get(key)
    }

    /// What a key says, where it is there.
    pub fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(Source<'t>, &str, &'t Value<'s>) -> Parsed<T>,
    ) -> Parsed<Option<T>> {
        self.get(key).map(|value| read(self.source, key, value)).transpose()
    }

    /// The value of a key that must be there.
    pub fn require(&self, key: &'static str) -> Parsed<&'t Value<'s>> {
        self.get(key).ok_or_else(|| self.error(Problem::Missing { of: self.what, key }))
    }

    /// A mistake in the table as a whole.
    pub fn error(&self, problem: Problem) -> VectorError {
        self.source.error(self.span.clone(), problem)
    }
}

/// A value of the wrong kind.
pub fn kind(source: Source<'_>, key: &str, value: &Value<'_>, expected: &str) -> VectorError {
    let found = match value.get_ref() {
        DeValue::String(text) => format!("the string '{text}'"),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Array(_) => "an array".to_owned(),
        other => format!("a {}", other.type_str()),
    };
    let problem = Problem::Kind { key: key.to_owned(), expected: expected.to_owned(), found };
    source.error(value.span(), problem)
}
