//! The values that steps are made of.

use super::bytes;
use super::error::{Parsed, Problem};
use super::source::{Source, Table, Value, kind};
use crate::change::{Change, Character};
use crate::modes::Modes;
use crate::pattern::{Pattern, Piece};
use toml::de::DeValue;

pub fn text<'t>(source: Source<'_>, key: &str, value: &'t Value<'_>) -> Parsed<&'t str> {
    value.get_ref().as_str().ok_or_else(|| kind(source, key, value, "a string"))
}

pub fn boolean(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<bool> {
    value.get_ref().as_bool().ok_or_else(|| kind(source, key, value, "true or false"))
}

/// A boolean that says nothing where it is false.
pub fn yes(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<bool> {
    match boolean(source, key, value)? {
        true => Ok(true),
        false => Err(kind(source, key, value, "true, or no such key")),
    }
}

pub fn number(source: Source<'_>, key: &str, value: &Value<'_>, most: usize) -> Parsed<usize> {
    let number = value.get_ref().as_integer().and_then(|i| usize::from_str_radix(i.as_str(), i.radix()).ok());
    let number = number.filter(|number| *number <= most);
    number.ok_or_else(|| kind(source, key, value, &format!("a number from 0 to {most}")))
}

pub fn list<'t, 's>(source: Source<'_>, key: &str, value: &'t Value<'s>) -> Parsed<&'t [Value<'s>]> {
    value.get_ref().as_array().map(|array| &array[..]).ok_or_else(|| kind(source, key, value, "an array"))
}

/// What each of an array says.
pub fn each<'t, 's: 't, T>(
    source: Source<'_>,
    key: &str,
    value: &'t Value<'s>,
    read: impl FnMut(&'t Value<'s>) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    list(source, key, value)?.iter().map(read).collect()
}

/// One of the names that `known` gives a meaning.
pub fn name<T: Copy>(source: Source<'_>, key: &str, value: &Value<'_>, known: &[(&str, T)]) -> Parsed<T> {
    let name = text(source, key, value)?;
    match known.iter().find(|(candidate, _)| *candidate == name) {
        Some((_, meaning)) => Ok(*meaning),
        None => {
            let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
            Err(source.error(value.span(), unknown(key, name, &names)))
        }
    }
}

fn unknown(key: &str, name: &str, known: &[&str]) -> Problem {
    Problem::UnknownName { key: key.to_owned(), name: name.to_owned(), expected: known.join(", ") }
}

fn escaped(source: Source<'_>, text: &str, value: &Value<'_>) -> Parsed<Vec<u8>> {
    bytes::parse(text).map_err(|(offset, problem)| {
        let mut span = value.span();
        // In a string that TOML itself takes as it stands, the place within it is known.
        let quotes = (span.len() - text.len()) / 2;
        if source.text[span.clone()].get(quotes..quotes + text.len()) == Some(text) {
            span.start += quotes + offset;
        }
        source.error(span, Problem::Escape(problem))
    })
}

const BYTES: &str = "a string, { repeat, times }, or an array of them";

fn piece(source: Source<'_>, key: &str, value: &Value<'_>, most: &[&str]) -> Parsed<Piece> {
    if let DeValue::String(text) = value.get_ref() {
        return escaped(source, text, value).map(Piece::Certain);
    }
    if !value.get_ref().is_table() {
        return Err(kind(source, key, value, BYTES));
    }
    let table = Table::new(source, "a repetition", value, most)?;
    if let Some(prefix) = table.get("prefix") {
        if let Some(other) = table.get("repeat").or(table.get("times")) {
            return Err(kind(source, "a repetition", other, "no such key beside prefix"));
        }
        return escaped(source, text(source, "prefix", prefix)?, prefix).map(Piece::Prefix);
    }
    let repeated = table.require("repeat")?;
    let times = table.require("times")?;
    let bytes = escaped(source, text(source, "repeat", repeated)?, repeated)?;
    Ok(Piece::Certain(bytes.repeat(number(source, "times", times, 1_000_000)?)))
}

/// BYTES of the format.
pub fn bytes(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Vec<u8>> {
    let parts = match value.get_ref() {
        DeValue::Array(parts) => &parts[..],
        _ => std::slice::from_ref(value),
    };
    let mut all = Vec::new();
    for part in parts {
        if let Piece::Certain(bytes) = piece(source, key, part, &["repeat", "times"])? {
            all.extend(bytes);
        }
    }
    Ok(all)
}

/// PATTERN of the format.
pub fn pattern(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Pattern> {
    let DeValue::Array(parts) = value.get_ref() else {
        return bytes(source, key, value).map(Pattern::certain);
    };
    let mut all = Pattern::nothing();
    for part in parts.iter() {
        all.push(piece(source, key, part, &["repeat", "times", "prefix"])?);
    }
    Ok(all)
}

/// What each of several reads gets. An array is always one of reads, so that bytes in several parts stand in an
/// array of their own.
pub fn reads(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Vec<Vec<u8>>> {
    match value.get_ref() {
        DeValue::Array(several) => several.iter().map(|one| bytes(source, key, one)).collect::<Parsed<_>>(),
        _ => Ok(vec![bytes(source, key, value)?]),
    }
}

fn flags(source: Source<'_>, key: &str, value: &Value<'_>) -> Parsed<Modes> {
    let mut all = Modes::default();
    for one in list(source, key, value)? {
        let name = text(source, key, one)?;
        all = all
            | Modes::named(name).ok_or_else(|| {
                let expected = Modes::all().names();
                source.error(one.span(), unknown(key, name, &expected))
            })?;
    }
    Ok(all)
}

fn character(source: Source<'_>, place: Character, value: &Value<'_>) -> Parsed<u8> {
    let key = place.name();
    if place.is_number() {
        return Ok(number(source, key, value, 255)? as u8);
    }
    let bytes = escaped(source, text(source, key, value)?, value)?;
    match bytes[..] {
        [byte] => Ok(byte),
        _ => Err(source.error(value.span(), Problem::NotOneByte { key: key.to_owned(), count: bytes.len() })),
    }
}

/// A difference of settings. `more` are further keys that the table may have.
pub fn change<'t, 's>(
    source: Source<'t>,
    value: &'t Value<'s>,
    more: &[&'static str],
) -> Parsed<(Change, Table<'t, 's>)> {
    let mut known = vec!["set", "clear"];
    known.extend(Character::all().map(Character::name));
    known.extend(more);
    let table = Table::new(source, "termios", value, &known)?;
    let (set, clear) = (table.read("set", flags)?.unwrap_or_default(), table.read("clear", flags)?.unwrap_or_default());
    let mut change = Change { set, clear, ..Change::default() };
    // TAB1 may be set where TAB3 is cleared, for they are values of one field.
    let cleared = change.clear.names();
    if let Some(name) = change.set.names().into_iter().find(|name| cleared.contains(name)) {
        return Err(table.error(Problem::SetAndCleared(name.to_owned())));
    }
    for place in Character::all() {
        if let Some(value) = table.get(place.name()) {
            change.characters.insert(place, character(source, place, value)?);
        }
    }
    Ok((change, table))
}
