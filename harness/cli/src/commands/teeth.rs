//! `ptyproof teeth`.

use super::target::looks_like_a_runtime;
use super::task::{jobs, supervised};
use crate::arguments::Teeth as Arguments;
use crate::exit::{Exit, Refusal};
use crate::filter::{Breadth, select};
use ptyproof_cases::container_cases;
use ptyproof_cases::teeth::{Bite, Teeth, TeethError};
use ptyproof_harness::runner::side_by_side;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What came of one defect and one case.
enum Tried {
    Red,
    Wrong(String),
    Skipped(String),
}

/// Gives each case the defects that it says turn it red, a line for each.
pub fn teeth(arguments: &Arguments) -> Result<Exit, Refusal> {
    looks_like_a_runtime(&arguments.runtime)?;
    let selected = select(container_cases(), &arguments.filters, Breadth::All)?;
    let selected: BTreeSet<&str> = selected.iter().map(|case| case.id).collect();
    let supervisor = supervised()?;
    let teeth = Teeth::of_runtime(supervisor, &arguments.runtime).map_err(|error| match error {
        TeethError::Survey(error) => Refusal::machine(error),
        error => Refusal::usage(format!("--runtime: {error}")),
    })?;
    let mut bites = teeth.bites();
    bites.retain(|bite| selected.contains(bite.case.id));
    bites.sort_by_key(|bite| bite.defect);
    let defects: BTreeSet<&str> = bites.iter().map(|bite| bite.defect).collect();
    let cases: BTreeSet<&str> = bites.iter().map(|bite| bite.case.id).collect();
    let width = |names: &BTreeSet<&str>| names.iter().map(|name| name.len()).max().unwrap_or(0);
    let widths = (width(&defects), width(&cases));

    let gaps = if arguments.filters.is_empty() { teeth.gaps().to_vec() } else { Vec::new() };
    let mut wrong = 0;
    for (rule, offenders) in gaps.iter().filter(|(_, offenders)| !offenders.is_empty()) {
        wrong += 1;
        println!("wrong {}: {}", rule.replace('_', " "), offenders.join(", "));
    }
    let (mut red, mut skipped) = (0, 0);
    let queue = Mutex::new(bites.into_iter());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.next().filter(|_| !teeth.supervisor.is_interrupted())
    };
    let work = |bite: Bite, tell: &dyn Fn((Bite, Tried))| {
        let tried = match teeth.unmet(bite) {
            Some(why) => Tried::Skipped(why),
            None => teeth.try_one(bite).1.map_or(Tried::Red, Tried::Wrong),
        };
        tell((bite, tried));
    };
    side_by_side(jobs(arguments.jobs), next, work, |news| {
        let Some((Bite { case, defect, at }, tried)) = news else { return };
        let (count, word, what) = match tried {
            Tried::Red => (&mut red, "red  ", format!("at {at}")),
            Tried::Wrong(why) => (&mut wrong, "wrong", why),
            Tried::Skipped(why) => (&mut skipped, "skip ", why),
        };
        *count += 1;
        println!("{word} {defect:0$}  {1:2$}  {what}", widths.0, case.id, widths.1);
    });
    if teeth.supervisor.is_interrupted() {
        return Err(Refusal::machine("interrupted"));
    }
    println!("\n{} defects, {} cases: {red} red as said, {wrong} wrong, {skipped} skipped", defects.len(), cases.len());
    Ok(if wrong > 0 { Exit::NotAsExpected } else { Exit::AsExpected })
}
