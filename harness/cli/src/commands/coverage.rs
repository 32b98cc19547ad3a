//! `ptyproof list --coverage`.

use crate::exit::Refusal;
use ptyproof_cases::{Behaviour, Group};

/// Every behaviour of the catalogue, with its cases or the reason why it has none, and the totals.
pub fn list(json: bool) -> Result<String, Refusal> {
    let groups = ptyproof_cases::catalogue().map_err(Refusal::machine)?;
    if json {
        let text = serde_json::to_string_pretty(&groups).map_err(Refusal::machine)?;
        return Ok(text + "\n");
    }
    Ok(page(&groups))
}

fn page(groups: &[Group]) -> String {
    let mut text = String::new();
    for group in groups {
        text.push_str(&format!("{}  {}\n", group.ids, group.about));
        for behaviour in &group.behaviours {
            let Behaviour { id, holds, level, source, .. } = behaviour;
            text.push_str(&format!("  {id:5}  {holds} ({level}; {source})\n         {}\n", looked_at(behaviour)));
        }
        text.push('\n');
    }
    let all: Vec<&Behaviour> = groups.iter().flat_map(|group| &group.behaviours).collect();
    let covered = all.iter().filter(|behaviour| !behaviour.cases.is_empty()).count();
    let elsewhere = all.iter().filter(|behaviour| !behaviour.same_as.is_empty()).count();
    let not = all.iter().filter(|behaviour| behaviour.uncovered.is_some()).count();
    text.push_str(&format!(
        "{} ids: {covered} covered by cases, {elsewhere} by the cases of other ids, {not} not, for the reason given\n",
        all.len()
    ));
    text
}

/// Which cases look at a behaviour, or why none does.
pub fn looked_at(behaviour: &Behaviour) -> String {
    match &behaviour.uncovered {
        Some(reason) => format!("no case: {reason}"),
        None if behaviour.same_as.is_empty() => behaviour.cases.join(", "),
        None => format!("the cases of {}", behaviour.same_as.join(", ")),
    }
}
