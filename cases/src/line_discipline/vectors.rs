//! The vectors of `cases/line-discipline/`: a case for each, on the bare kernel and through the terminal of a container.

use super::calls;
use crate::prelude::*;
use ptyproof_scenario::stage::{on_a_bare_pty, on_the_terminal_of_a_container};
use ptyproof_scenario::{Action, Difference, JudgeError, Stage, Vector, notation};
use std::{collections::BTreeMap, rc::Rc, sync::OnceLock};

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

const REFERENCES: &[Reference] = &[POSIX_TERMINALS, manual("termios(3)")];

const fn vector(id: &'static str, title: &'static str, covers: &'static [&'static str]) -> Case {
    Case {
        id,
        title,
        requirement: "echo, output, reads, signals and flow control are as its vector says, byte for byte",
        why: "programs and their users rely on what the line discipline makes of each key; inside a container it must \
              be what it is outside",
        level: Level::Kernel,
        references: REFERENCES,
        covers,
        needs: &[Need::Terminal, Need::SharedWorker],
        caught_by: &[],
        body: judge,
    }
}

/// All vectors, each with the name of its file.
pub fn vectors() -> Result<Vec<(&'static str, Vector)>, Stop> {
    let mut all = Vec::new();
    for (number, (name, _)) in FILES.iter().enumerate() {
        all.extend(of_file(number)?.iter().map(|vector| (*name, vector.clone())));
    }
    Ok(all)
}

/// The vectors of a file, by its place in [`FILES`]. A worker runs many of them, and reads the file once.
fn of_file(number: usize) -> Result<&'static [Vector], Stop> {
    static READ: [OnceLock<Result<Vec<Vector>, String>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
    let read = READ[number].get_or_init(|| {
        let (name, text) = FILES[number];
        notation::parse(&format!("cases/line-discipline/{name}"), text).map_err(|error| error.to_string())
    });
    read.as_deref().map_err(|error| Stop::Error(error.clone()))
}

/// The file that a vector stands in, and how it stands there; nothing where the case is no vector.
pub fn source(case: &str) -> Option<(String, &'static str)> {
    let id = case.strip_prefix("line-discipline/")?;
    let (name, text) = FILES[file_with(id)?];
    let line = format!("id = \"{id}\"");
    let block = text.split("\n\n").map(str::trim).find(|block| block.lines().any(|own| own == line))?;
    Some((format!("cases/line-discipline/{name}"), block))
}

/// The verdict on a vector: the behaviour that it showed, where it knows several, or the difference.
type Judged = Result<Option<String>, Stop>;

fn judge(t: &mut Trial) -> Judgement {
    let id = t.case().as_str().to_owned();
    let id = id.strip_prefix("line-discipline/").unwrap_or(&id);
    let number = file_with(id).ok_or_else(|| Stop::Error(format!("no file has a vector {id}")))?;
    let (file, vectors) = (FILES[number].0, of_file(number)?);
    let missing = || Stop::Error(format!("{file} has no vector {id}"));
    let vector = vectors.iter().find(|vector| vector.id == id).ok_or_else(missing)?;
    let shown = match t.bench().target.profile() {
        None => on_a_bare_pty(|stage| judged(vector, stage))?,
        Some(_) => {
            calls::are_taken(t)?;
            let mut steps = vector.outcomes.iter().flat_map(|outcome| &outcome.steps);
            if steps.any(|step| matches!(step.action, Some(Action::PacketMode(_)))) {
                calls::packet_mode_is_taken(t)?;
            }
            let look = || in_a_container(t.bench(), vectors);
            t.shared(&format!("vectors of {file}"), look)?.remove(id).ok_or_else(missing)??
        }
    };
    if let Some(behaviour) = shown {
        t.reports("the outcome of the vector", &behaviour, behaviour.as_str());
    }
    Ok(())
}

/// The file that a vector stands in, as its place in [`FILES`].
fn file_with(id: &str) -> Option<usize> {
    let place = PLACES.binary_search_by_key(&id, |(known, _)| known).ok()?;
    Some(PLACES[place].1)
}

/// What came of each vector of a file, by its id, through the terminal of one container.
fn in_a_container(bench: &Rc<Workbench>, vectors: &[Vector]) -> Result<BTreeMap<String, Judged>, Stop> {
    on_the_terminal_of_a_container(bench, |stage| {
        Ok(vectors.iter().map(|vector| (vector.id.clone(), judged(vector, stage))).collect())
    })
}

fn judged(vector: &Vector, stage: &mut dyn Stage) -> Judged {
    match ptyproof_scenario::judge(vector, stage) {
        Ok(behaviour) => Ok(behaviour.map(|behaviour| behaviour.to_string())),
        Err(JudgeError::Stage(error)) => Err(error.into()),
        Err(JudgeError::Differs(differences)) => Err(different(&differences)),
    }
}

/// One finding of the differences from each outcome.
fn different(differences: &[Difference]) -> Stop {
    let each = |say: fn(&Difference) -> String| {
        let words: Vec<String> = differences.iter().map(say).collect();
        words.join("; or ")
    };
    Stop::fail(
        each(|difference| format!("{}, {}", difference.place, difference.contrast.aspect)),
        each(|difference| difference.contrast.expected.clone()),
        each(|difference| difference.contrast.observed.clone()),
    )
}
