//! `ptyproof explain`.

use crate::arguments::Explain;
use crate::exit::Refusal;
use crate::suggestion::suggestion;
use ptyproof_cases::{Kind, cases_for};
use ptyproof_harness::case::{Case, Need};

/// The command lines that run a case, one for each kind of thing that it says something about.
fn ways_to_run(case: &Case) -> Vec<String> {
    let says_something = |kind| cases_for(kind).iter().any(|known| known.id == case.id);
    let ways = [(Kind::Runtime, "--runtime PATH"), (Kind::Kernel, "--target kernel")];
    ways.into_iter()
        .filter(|&(kind, _)| says_something(kind))
        .map(|(_, flag)| format!("ptyproof run {} {flag}", case.id))
        .collect()
}

/// All that is known of one case.
pub fn explain(arguments: &Explain, cases: &[&Case]) -> Result<String, Refusal> {
    let id = &arguments.id;
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        let hint = suggestion(id, cases.iter().map(|case| case.id));
        return Err(Refusal::nothing_selected(format!(
            "no case is called {id:?}{hint}; `ptyproof list` names them all"
        )));
    };
    let mut text = format!("{}\n", case.id);
    let mut part = |name: &str, lines: Vec<String>| {
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            text.push_str(&format!("  {name:12} {line}\n"));
        }
    };
    part("does", vec![case.title.to_owned()]);
    part("requires", vec![format!("{} ({})", case.requirement, case.level)]);
    part("matters", vec![case.why.to_owned()]);
    part("see", case.references.iter().map(ToString::to_string).collect());
    part("covers", vec![case.covers.join(", ")]);
    let needs: Vec<&str> = case.needs.iter().copied().map(Need::name).collect();
    part("needs", if needs.is_empty() { vec!["nothing".to_owned()] } else { vec![needs.join(", ")] });
    let defects = ptyproof_cases::defects_for(&case.id()).map_err(Refusal::machine)?;
    part("catches", defects);
    part("run", ways_to_run(case));
    if let Some((file, vector)) = ptyproof_cases::vector(&case.id()) {
        part("vector", vec![file]);
        text.push_str(&format!("\n{vector}\n"));
    }
    Ok(text)
}
