//! Whether a kernel does what its baseline says.

use super::{Baseline, BaselineError, Baselines, KernelName, usable};
use crate::Report;
use crate::comparison::{
    Behaviour, Difference, Explanations, Setting, count, difference_lines, differing, points, setting_lines, sysctls,
    unexplaining,
};
use serde::Serialize;
use std::cmp::Reverse;

/// A kernel beside its baseline, or beside that of its nearest neighbour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The kernel's name.
    pub kernel: String,
    /// How many cases were selected.
    pub cases: usize,
    /// What it is compared with; nothing where there is no baseline at all.
    pub against: Option<Against>,
    /// In what it differs. Of two values the first is the baseline's.
    pub differences: Vec<Difference>,
    /// The sysctls that differ and explain none of the differences.
    pub environment: Vec<Setting>,
}

/// What a kernel is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// Its own baseline.
    Itself,
    /// The baseline of the kernel of that name: it has none of its own.
    Neighbour(String),
}

impl Baselines {
    /// Compares a report of the bare kernel with the baseline of that kernel. Only cases that were selected are.
    pub fn check(&self, report: &Report, explanations: &Explanations) -> Result<Check, BaselineError> {
        usable(report)?;
        let kernel = KernelName::of(&report.environment.kernel, report.target.called.as_deref())?;
        let mut check = Check {
            kernel: kernel.to_string(),
            cases: report.selected.len(),
            against: None,
            differences: Vec::new(),
            environment: Vec::new(),
        };
        let Some((name, baseline)) = self.nearest(&kernel) else {
            return Ok(check);
        };
        check.against = Some(if *name == kernel { Against::Itself } else { Against::Neighbour(name.to_string()) });
        let settings = differing(&[baseline.sysctls.clone(), sysctls(&report.environment)]);
        for result in &report.results {
            let both = [baseline.behaviour(&result.id), Behaviour::from(result)].map(Some);
            let points = points(&both);
            if !points.is_empty() {
                let difference = Difference::of(result, points, explanations, &settings);
                check.differences.push(difference);
            }
        }
        check.environment = unexplaining(settings, &check.differences);
        Ok(check)
    }

    /// The kernel itself; or else the Linux of the nearest version, of several the one of the same flavour, then the oldest,
    /// for what is new to it is new to the other, too.
    fn nearest(&self, kernel: &KernelName) -> Option<(&KernelName, &Baseline)> {
        let linux = || self.all.iter().filter(|(name, _)| name.is_linux());
        self.all
            .get_key_value(kernel)
            .or_else(|| linux().min_by_key(|(name, _)| (name.distance(kernel), Reverse(name.has_flavour_of(kernel)))))
    }
}

impl Check {
    /// Whether the kernel has a baseline of its own.
    pub fn is_of_itself(&self) -> bool {
        self.against == Some(Against::Itself)
    }

    /// Whether a kernel that is known shows something else. One that is not known cannot.
    pub fn fails(&self) -> bool {
        self.is_of_itself() && !self.differences.is_empty()
    }

    /// For people, on 80 columns: a line, and beneath it the differences.
    pub fn text(&self) -> String {
        let Self { cases, .. } = self;
        let linux = if self.kernel.starts_with(|first: char| first.is_ascii_digit()) { "Linux " } else { "" };
        let kernel = format!("{linux}{}", self.kernel);
        let cases = count(*cases, "case");
        let number = count(self.differences.len(), "difference");
        let (head, baseline) = match &self.against {
            None => (format!("{kernel}: there is no baseline to compare {cases} with"), ""),
            Some(Against::Itself) if self.differences.is_empty() => {
                (format!("{kernel}: {cases}, all as its baseline says"), "")
            }
            Some(Against::Itself) => (format!("{kernel}: {cases}, {number} from its baseline"), "baseline"),
            Some(Against::Neighbour(name)) => {
                (format!("{kernel}: {cases}; it has no baseline, {number} from its neighbour {name}"), name.as_str())
            }
        };
        let names = [baseline, "this run"];
        let mut lines = vec![head];
        for difference in &self.differences {
            lines.push(String::new());
            lines.extend(difference_lines(difference, &names));
        }
        if !self.differences.is_empty() {
            lines.extend(setting_lines(&self.environment, &names));
        }
        lines.join("\n") + "\n"
    }
}
