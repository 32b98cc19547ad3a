//! Whole files of vectors.

use super::error::{Parsed, Place, Problem, VectorError};
use super::source::{Source, Table, Value};
use super::values::{bytes, change, each, list, name, number, text};
use super::{FORMAT, step};
use crate::vector::{Behaviour, Outcome, Vector};
use std::{collections::HashMap, path::Path};
use toml::de::DeTable;

/// Reads files of vectors, whose ids are unique over all of them.
pub fn read<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Vec<Vector>, VectorError> {
    let mut all = Reading::default();
    for path in paths {
        let path = path.as_ref();
        let text =
            std::fs::read_to_string(path).map_err(|error| VectorError::Unreadable { path: path.to_owned(), error })?;
        all.add(&path.display().to_string(), &text)?;
    }
    Ok(all.vectors)
}

/// Parses the text of one file; `origin` is what it is called in errors.
pub fn parse(origin: &str, text: &str) -> Result<Vec<Vector>, VectorError> {
    let mut all = Reading::default();
    all.add(origin, text)?;
    Ok(all.vectors)
}

#[derive(Default)]
struct Reading {
    vectors: Vec<Vector>,
    places: HashMap<String, Place>,
}

impl Reading {
    fn add(&mut self, origin: &str, text: &str) -> Parsed<()> {
        let source = Source { origin, text };
        let root = DeTable::parse(text).map_err(|error| {
            source.error(error.span().unwrap_or_default(), Problem::Syntax(error.message().to_owned()))
        })?;
        let root = Table::of_entries(source, "the file", root.span(), root.get_ref(), &["format", "vector"])?;
        if let Some(value) = root.get("format") {
            let format = number(source, "format", value, usize::MAX)?;
            if format != FORMAT {
                return Err(source.error(value.span(), Problem::Format(format)));
            }
        }
        for value in list(source, "vector", root.require("vector")?)? {
            let (vector, id) = vector(source, value)?;
            let place = source.place(id.span().start);
            if let Some(first) = self.places.get(&vector.id).cloned() {
                return Err(VectorError::Malformed { place, problem: Problem::DuplicateId { id: vector.id, first } });
            }
            self.places.insert(vector.id.clone(), place);
            self.vectors.push(vector);
        }
        Ok(())
    }
}

fn vector<'t, 's>(source: Source<'t>, value: &'t Value<'s>) -> Parsed<(Vector, &'t Value<'s>)> {
    const KEYS: [&str; 7] = ["id", "title", "covers", "termios", "steps", "left", "outcome"];
    let table = Table::new(source, "a vector", value, &KEYS)?;
    let id_value = table.require("id")?;
    let id = text(source, "id", id_value)?.to_owned();
    if !is_slug(&id) {
        return Err(source.error(id_value.span(), Problem::BadId(id)));
    }
    let title_value = table.require("title")?;
    let title = text(source, "title", title_value)?.to_owned();
    if title.trim().is_empty() {
        return Err(source.error(title_value.span(), Problem::Empty("title")));
    }
    let covers = table
        .read("covers", |source, key, value| each(source, key, value, |one| Ok(text(source, key, one)?.to_owned())))?;
    let termios = table.read("termios", |source, _, value| Ok(change(source, value, &[])?.0))?.unwrap_or_default();
    let outcomes = match table.get("outcome") {
        Some(outcomes) => {
            for key in ["steps", "left"] {
                if let Some(beside) = table.get(key) {
                    return Err(source.error(beside.span(), Problem::BesideOutcomes(key)));
                }
            }
            several(source, outcomes)?
        }
        None => vec![outcome(&table, None)?],
    };
    Ok((Vector { id, title, covers: covers.unwrap_or_default(), termios, outcomes }, id_value))
}

fn is_slug(id: &str) -> bool {
    id.split('-').all(|word| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !word.is_empty() && word.chars().all(plain)
    })
}

fn several(source: Source<'_>, value: &Value<'_>) -> Parsed<Vec<Outcome>> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for one in list(source, "outcome", value)? {
        let table = Table::new(source, "an outcome", one, &["profile", "steps", "left"])?;
        let word = table.require("profile")?;
        let behaviour = name(source, "profile", word, &Behaviour::ALL.map(|one| (one.name(), one)))?;
        if outcomes.iter().any(|other| other.behaviour == Some(behaviour)) {
            return Err(source.error(word.span(), Problem::DuplicateBehaviour(behaviour.name())));
        }
        let outcome = outcome(&table, Some(behaviour))?;
        if let Some(first) = outcomes.first() {
            same_actions(source, table.require("steps")?, first, &outcome)?;
        }
        outcomes.push(outcome);
    }
    match outcomes.len() {
        0 => Err(source.error(value.span(), Problem::Empty("outcome"))),
        1 => Err(source.error(value.span(), Problem::OneOutcome)),
        _ => Ok(outcomes),
    }
}

/// Steps that only look may differ: what there is to look at is what kernels differ in.
fn same_actions(source: Source<'_>, steps: &Value<'_>, first: &Outcome, other: &Outcome) -> Parsed<()> {
    let actions = |outcome: &Outcome| {
        let steps = outcome.steps.iter().enumerate();
        steps.filter_map(|(index, step)| Some((index, step.action.clone()?))).collect::<Vec<_>>()
    };
    let (before, here) = (actions(first), actions(other));
    let same = before.iter().zip(&here).take_while(|((_, a), (_, b))| a == b);
    let same = same.count();
    if same == before.len() && same == here.len() {
        return Ok(());
    }
    let index = here.get(same).map_or(other.steps.len(), |(index, _)| *index);
    let span = list(source, "steps", steps)?.get(index).unwrap_or(steps).span();
    Err(source.error(span, Problem::ActionsDiffer(index + 1)))
}

fn outcome(table: &Table<'_, '_>, behaviour: Option<Behaviour>) -> Parsed<Outcome> {
    let source = table.source;
    let value = table.require("steps")?;
    let steps = each(source, "steps", value, |one| step::parse(source, one))?;
    if steps.is_empty() {
        return Err(source.error(value.span(), Problem::Empty("steps")));
    }
    Ok(Outcome { behaviour, steps, left: table.read("left", bytes)? })
}
