//! What a case is, and what a body can say.

mod evident;
mod need;
mod stop;
mod trial;

pub use evident::Evident;
pub use need::{Machine, Need};
pub use ptyproof_report::{CaseId, Evidence, Level, Reference};
pub use stop::{Judgement, Stop};
pub use trial::Trial;

use ptyproof_report::{CaseResult, Verdict};

/// One named behaviour.
pub struct Case {
    /// `area/name`, stable for ever.
    pub id: &'static str,
    /// What is done.
    pub title: &'static str,
    /// What must happen.
    pub requirement: &'static str,
    /// Why anybody should care: what breaks for users where it does not hold.
    pub why: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Where it is written.
    pub references: &'static [Reference],
    /// Ids of the behaviour catalogue.
    pub covers: &'static [&'static str],
    /// What the target and the machine must offer.
    pub needs: &'static [Need],
    /// What a finding says was looked at, with the defects of the reference runtime that turn the case red there.
    pub caught_by: &'static [(&'static str, &'static [&'static str])],
    /// Looks, drives and judges.
    pub body: fn(&mut Trial) -> Judgement,
}

impl Case {
    /// What the cases of the bare kernel have in common. They need nothing, and no runtime's defect shows them able to
    /// fail: falsified answers do.
    pub const KERNEL: Self = Self {
        id: "",
        title: "",
        requirement: "",
        why: "",
        level: Level::Kernel,
        references: &[],
        covers: &[],
        needs: &[],
        caught_by: &[],
        body: |_| Err(Stop::Error("this case has no body".to_owned())),
    };

    /// What most cases about containers have in common: a container with a terminal, and what two or more runtimes or their
    /// documents agree on.
    pub const TERMINAL: Self = Self { level: Level::Convention, needs: &[Need::Terminal], ..Self::KERNEL };

    /// Whether nothing else may run at the same time.
    pub fn is_alone(&self) -> bool {
        self.needs.iter().any(|need| matches!(need, Need::Alone | Need::Disturbs))
    }

    /// Each defect that turns it red, with what the finding says was looked at then.
    pub fn catches(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.caught_by.iter().flat_map(|&(what, defects)| defects.iter().map(move |&defect| (defect, what)))
    }

    /// The id as a value.
    pub fn id(&self) -> CaseId {
        CaseId::from(self.id)
    }
}

impl From<&Case> for CaseResult {
    /// A pass of a case of which nothing is known yet.
    fn from(case: &Case) -> Self {
        Self {
            id: case.id(),
            title: case.title.to_owned(),
            requirement: case.requirement.to_owned(),
            level: case.level,
            references: case.references.iter().map(ToString::to_string).collect(),
            covers: case.covers.iter().map(|&id| id.to_owned()).collect(),
            verdict: Verdict::Pass,
            reason: None,
            expected: None,
            observed: None,
            known: None,
            records: Vec::new(),
            shown: Vec::new(),
            observations: 0,
            teardown: Vec::new(),
            duration_ms: 0,
            starting_us: 0,
            transcript: Vec::new(),
            calls: Vec::new(),
            stopped: Vec::new(),
            kept: None,
        }
    }
}
