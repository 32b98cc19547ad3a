//! What is shown as expected and observed.

use super::escape::{escaped, excerpt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A value that was seen or must be: in words for people, and structured for programs.
///
/// In words it is `none`, `EACCES`, `mode 0620, user 1000, group 5`; bytes are escaped text in quotes. The structure
/// is what JSON has: null, a boolean, a number, text (bytes too, escaped), a list, or fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    words: String,
    value: Value,
}

impl Evidence {
    /// A value with its words.
    pub fn of(words: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { words: words.into(), value: value.into() }
    }

    /// What has no structure beyond its words.
    pub fn words(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { value: Value::String(words.clone()), words }
    }

    /// Nothing where something could be.
    pub fn none() -> Self {
        Self::of("none", Value::Null)
    }

    /// Bytes, which may be anything.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::bytes_around(bytes, 0)
    }

    /// Bytes, of which those around a position are told where they are many. The structure has them all.
    pub fn bytes_around(bytes: &[u8], position: usize) -> Self {
        Self::of(excerpt(bytes, position), escaped(bytes))
    }

    /// Several values, in their order.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let (words, values): (Vec<String>, Vec<Value>) = items.into_iter().map(|item| (item.words, item.value)).unzip();
        Self::of(format!("[{}]", words.join(", ")), values)
    }

    /// Values with names.
    pub fn fields<'n>(fields: impl IntoIterator<Item = (&'n str, Self)>) -> Self {
        let (words, values): (Vec<String>, serde_json::Map<String, Value>) = fields
            .into_iter()
            .map(|(name, field)| (format!("{name} {}", field.words), (name.to_owned(), field.value)))
            .unzip();
        Self::of(words.join(", "), values)
    }

    /// The words.
    pub fn as_words(&self) -> &str {
        &self.words
    }

    /// The structure.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

impl From<String> for Evidence {
    fn from(words: String) -> Self {
        Self::words(words)
    }
}

impl From<&str> for Evidence {
    fn from(words: &str) -> Self {
        Self::words(words)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_structure_stand_side_by_side_and_read_back() {
        let node = Evidence::fields([("mode", Evidence::words("0620")), ("user", Evidence::of("1000", 1000))]);
        let all = Evidence::list([node, Evidence::none(), Evidence::bytes(b"a\x1b\xff\n")]);
        let json = serde_json::to_string(&all).expect("it can be written");
        assert_eq!(
            json,
            r#"{"words":"[mode 0620, user 1000, none, \"a\\x1b\\xff\\n\"]","value":[{"mode":"0620","user":1000},null,"a\\x1b\\xff\\n"]}"#
        );
        assert_eq!(serde_json::from_str::<Evidence>(&json).expect("it is read"), all);
    }

    #[test]
    fn of_many_bytes_the_structure_has_all() {
        let many = Evidence::bytes_around(&[b'a'; 5000], 3000);
        assert!(many.as_words().starts_with("5000 bytes, from number 2800 on"), "{many}");
        assert_eq!(many.value().as_str().map(str::len), Some(5000));
    }
}
