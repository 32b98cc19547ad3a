//! The page of reports: `ptyproof report --html PLACE` and `ptyproof run --report html=PLACE`.

use ptyproof_cases::{all, explanations, findings};
use ptyproof_harness::case::Case;
use ptyproof_harness::target::LauncherProfile;
use ptyproof_page::{About, Knowledge, Place};
use ptyproof_report::deviation::{self, Deviation};
use ptyproof_report::{CaseId, Known, Report, Target};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;

/// What the suite knows of its cases, and of what is known of runtimes.
pub struct Suite {
    cases: HashMap<&'static str, &'static Case>,
    findings: BTreeMap<String, Deviation>,
}

impl Suite {
    /// Of this ptyproof.
    fn new() -> io::Result<Self> {
        let cases = all().into_iter().map(|case| (case.id, case)).collect();
        Ok(Self { cases, findings: findings().map_err(io::Error::other)? })
    }
}

impl Knowledge for Suite {
    fn about(&self, case: &CaseId) -> Option<About> {
        let case = self.cases.get(case.as_str())?;
        let catches = case.catches().map(|(defect, what)| (defect.to_owned(), what.to_owned()));
        Some(About { why: case.why.to_owned(), catches: catches.collect() })
    }

    fn is_launched(&self, target: &Target) -> bool {
        LauncherProfile::names().any(|name| name == target.profile)
    }

    fn finding(&self, known: &Known) -> Option<(&str, &Deviation)> {
        let (id, deviation) = self.findings.get_key_value(known.link.strip_prefix(deviation::PAGE)?)?;
        Some((id, deviation))
    }
}

/// Writes the page of reports, each with the file that it was read from.
pub fn write(place: &Place, reports: &[(&Path, &Report)]) -> io::Result<()> {
    let explanations = explanations().map_err(io::Error::other)?;
    place.write(reports, &explanations, &Suite::new()?).map_err(io::Error::other)
}
