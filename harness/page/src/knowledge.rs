//! What reports do not say of a case, and whoever knows the suite does.

use ptyproof_report::deviation::Deviation;
use ptyproof_report::{CaseId, Known, Target};

/// What there is to say of a case beside what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Who suffers where it does not hold.
    pub why: String,
    /// The faults that it catches, each with the assertion that notices it.
    pub catches: Vec<(String, String)>,
}

/// Who knows the suite. A page can be made without.
pub trait Knowledge {
    /// What is known of a case; nothing of one that is not there any more.
    fn about(&self, case: &CaseId) -> Option<About>;

    /// Whether a target is called by a name of its own, as an engine or a sandbox is, and not by the path of a runtime.
    fn is_launched(&self, target: &Target) -> bool;

    /// What was found and is in no tracker, where that is what a failure is known as: its id, and what it says.
    fn finding(&self, known: &Known) -> Option<(&str, &Deviation)>;
}

/// Nobody knows anything.
impl Knowledge for () {
    fn about(&self, _: &CaseId) -> Option<About> {
        None
    }

    fn is_launched(&self, _: &Target) -> bool {
        false
    }

    fn finding(&self, _: &Known) -> Option<(&str, &Deviation)> {
        None
    }
}
