use super::{coverage::looked_at, list::needs, repro::repro};
use crate::{arguments::Explain, exit::Refusal, suggestion::suggestion};
use ptyproof_cases::{Behaviour, container_cases, kernel_cases};
use ptyproof_harness::case::Case;

/// All that is known of one case, or of one id of the catalogue.
pub fn explain(arguments: &Explain, cases: &[&'static Case]) -> Result<String, Refusal> {
    let id = &arguments.id;
    let groups = ptyproof_cases::catalogue().map_err(Refusal::machine)?;
    let catalogue: Vec<Behaviour> = groups.into_iter().flat_map(|group| group.behaviours).collect();
    if arguments.repro && !cases.iter().any(|case| case.id == id) && catalogue.iter().any(|known| known.id == *id) {
        return Err(Refusal::usage(format!(
            "--repro: {id} is no case; `ptyproof explain {id}` names those that look at it"
        )));
    }
    if let Some(behaviour) = catalogue.iter().find(|behaviour| behaviour.id == *id) {
        return Ok(page(id, &of_behaviour(behaviour)));
    }
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        let hint = suggestion(id, cases.iter().map(|case| case.id));
        return Err(Refusal::nothing_selected(format!(
            "neither a case nor an id of the catalogue is called {id:?}{hint}; `ptyproof list` names the cases, \
             `ptyproof list --coverage` the ids"
        )));
    };
    if let (true, Some(runtime)) = (arguments.repro, &arguments.runtime) {
        return repro(arguments, runtime, case);
    }
    let mut parts = of_case(case, &catalogue);
    let vector = ptyproof_cases::vector(&case.id());
    parts.extend(vector.iter().map(|(file, _)| ("vector", vec![file.clone()])));
    Ok(page(id, &parts) + &vector.map_or(String::new(), |(_, text)| format!("\n{text}\n")))
}

/// A heading, and lines below it, each with a name at its first line.
fn page(heading: &str, parts: &[(&str, Vec<String>)]) -> String {
    let mut text = format!("{heading}\n");
    for (name, lines) in parts {
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            text.push_str(&format!("  {name:12} {line}\n"));
        }
    }
    text
}

fn of_behaviour(behaviour: &Behaviour) -> Vec<(&'static str, Vec<String>)> {
    let cases = if behaviour.cases.is_empty() {
        vec![looked_at(behaviour)]
    } else {
        behaviour.cases.iter().map(|&case| case.to_owned()).collect()
    };
    vec![
        ("holds", vec![format!("{} ({})", behaviour.holds, behaviour.level)]),
        ("source", vec![behaviour.source.clone()]),
        ("cases", cases),
    ]
}

fn of_case(case: &Case, catalogue: &[Behaviour]) -> Vec<(&'static str, Vec<String>)> {
    let needs = needs(case);
    let cited = catalogue.iter().filter(|behaviour| case.covers.contains(&behaviour.id.as_str()));
    vec![
        ("does", vec![case.title.to_owned()]),
        ("requires", vec![format!("{} ({})", case.requirement, case.level)]),
        ("matters", vec![case.why.to_owned()]),
        ("see", case.references.iter().map(ToString::to_string).collect()),
        ("covers", cited.map(|behaviour| format!("{}: {}", behaviour.id, behaviour.holds)).collect()),
        ("needs", vec![if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") }]),
        ("catches", case.catches().map(|(defect, what)| format!("{defect}, at: {what}")).collect()),
        ("run", ways_to_run(case)),
    ]
}

/// The command lines that run a case, one for each kind of thing that it says something about.
fn ways_to_run(case: &Case) -> Vec<String> {
    let ways = [(container_cases(), "--runtime PATH"), (kernel_cases(), "--target kernel")];
    ways.into_iter()
        .filter(|(cases, _)| cases.iter().any(|known| known.id == case.id))
        .map(|(_, flag)| format!("ptyproof run {} {flag}", case.id))
        .collect()
}
