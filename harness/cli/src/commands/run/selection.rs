//! Which cases a run is about.

use crate::arguments::Run;
use crate::exit::{Refusal, complain};
use crate::filter::select;
use ptyproof_harness::case::Case;
use ptyproof_report::{CaseId, Report};
use std::collections::BTreeSet;

/// The cases of `all` that the command line asks for; `again` is the report of `--rerun`.
pub fn selected(
    all: Vec<&'static Case>,
    arguments: &Run,
    again: Option<&Report>,
) -> Result<Vec<&'static Case>, Refusal> {
    let mut cases = select(all, &arguments.filters, arguments.level)?;
    if let (Some(path), Some(report)) = (&arguments.rerun, again) {
        let wanted = open(report);
        cases.retain(|case| wanted.contains(&case.id()));
        if cases.is_empty() {
            let why = "nothing of what is selected was other than expected there";
            return Err(Refusal::nothing_selected(format!("--rerun {}: {why}", path.display())));
        }
    }
    if let Some(partition) = arguments.partition {
        let count = cases.len();
        cases.retain(|case| partition.has(&case.id()));
        if cases.is_empty() {
            return Err(Refusal::nothing_selected(format!(
                "--partition {partition}: none of the {count} selected cases is in this slice"
            )));
        }
    }
    Ok(cases)
}

/// What a run leaves to be done: what was not as expected, and what it did not come to.
fn open(report: &Report) -> BTreeSet<CaseId> {
    let ended: BTreeSet<&CaseId> = report.results.iter().map(|result| &result.id).collect();
    let missing = report.selected.iter().filter(|id| !ended.contains(id));
    let unexpected = report.results.iter().filter(|result| !result.is_as_expected(report.strict));
    let open: BTreeSet<CaseId> = unexpected.map(|result| &result.id).chain(missing).cloned().collect();
    for id in open.iter().filter(|id| !ptyproof_cases::exists(id)) {
        complain(format!("--rerun: no case is called {id} any more"));
    }
    open
}
