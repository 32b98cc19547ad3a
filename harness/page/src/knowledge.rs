//! What reports do not say of a case, and whoever knows the suite does.

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

    /// The shell lines that show a failure without the suite, where somebody wrote them down.
    fn shell(&self, known: &Known) -> Option<String>;
}

/// Nobody knows anything.
impl Knowledge for () {
    fn about(&self, _: &CaseId) -> Option<About> {
        None
    }

    fn is_launched(&self, _: &Target) -> bool {
        false
    }

    fn shell(&self, _: &Known) -> Option<String> {
        None
    }
}
