//! Cases that need no worker of their own, run together once and told one by one.

use ptyproof_harness::case::{Case, CaseId, Need};
use ptyproof_harness::runner::{Settings, Supervisor, run, run_one};
use ptyproof_harness::target::Target;
use ptyproof_report::CaseResult;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The results of the cases that share workers.
#[derive(Default)]
pub struct Together {
    results: OnceLock<BTreeMap<CaseId, CaseResult>>,
}

impl Together {
    /// The result of one case: of those that share workers, all are run as soon as one is asked for.
    pub fn result(
        &self,
        case: &Case,
        cases: &[&Case],
        (supervisor, target, settings): (&Supervisor, &Arc<dyn Target>, &Settings),
    ) -> CaseResult {
        let shares = |case: &&Case| case.needs.contains(&Need::SharedWorker);
        if !shares(&case) {
            return run_one(supervisor, target, case, settings);
        }
        let results = self.results.get_or_init(|| {
            let sharing: Vec<&Case> = cases.iter().copied().filter(shares).collect();
            let each = run(supervisor, target, &sharing, settings, &mut []).results.into_iter();
            each.map(|result| (result.id.clone(), result)).collect()
        });
        match results.get(&case.id()) {
            Some(result) => result.clone(),
            None => run_one(supervisor, target, case, settings),
        }
    }
}
