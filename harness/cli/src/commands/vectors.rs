use crate::{arguments::Vectors, exit::Refusal};
use ptyproof_cases::vectors as all;
use ptyproof_scenario::notation::{json, tags};
use std::fmt::Write;

/// The vectors that come along, with all of these tags: a line for each, or JSON.
pub fn vectors(arguments: &Vectors) -> Result<String, Refusal> {
    let mut all = all().map_err(|stop| Refusal::machine(stop.to_string()))?;
    all.retain(|(file, vector)| {
        let tags = tags(file, vector);
        let has = |tag: &String| tags.contains(tag);
        arguments.tag.iter().all(has) && !arguments.without.iter().any(has)
    });
    if all.is_empty() {
        return Err(Refusal::nothing_selected(
            "no vector has these tags; `ptyproof vectors` names those that there are",
        ));
    }
    if arguments.json {
        return Ok(format!("{}\n", json(all.iter().map(|(file, vector)| (*file, vector)))));
    }
    let mut text = String::new();
    for (file, vector) in &all {
        let _ = writeln!(text, "{}: {} [{}]", vector.id, vector.title, tags(file, vector).join(" "));
    }
    Ok(text)
}
