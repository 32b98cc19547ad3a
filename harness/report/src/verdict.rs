//! The word that a case ends with.

use serde::{Deserialize, Serialize};
use strum::{Display, IntoStaticStr, VariantArray};

/// The word that a case ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Verdict {
    /// The target does what it must.
    Pass,
    /// A SHOULD is not met.
    Warn,
    /// Recorded, not judged.
    Info,
    /// Asks for what targets of this kind do not do; the reason says what.
    NotApplicable,
    /// Cannot be judged here; the reason says why.
    Skip,
    /// Fails, as an expectation with a link says.
    Xfail,
    /// The target does not do what it must.
    Fail,
    /// Passes, although an expectation says that it fails: the expectation is out of date.
    Xpass,
    /// The target did not come to an end in time.
    Timeout,
    /// The harness or the machine is at fault.
    Error,
}

impl Verdict {
    /// All, from good to bad.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Whether a run with it ends in success. A skip does unless the run is strict.
    pub fn is_as_expected(self, strict: bool) -> bool {
        match self {
            Self::Pass | Self::Warn | Self::Info | Self::NotApplicable | Self::Xfail => true,
            Self::Skip => !strict,
            Self::Fail | Self::Xpass | Self::Timeout | Self::Error => false,
        }
    }

    /// Whether something was judged or recorded.
    pub fn says_something(self) -> bool {
        !matches!(self, Self::Skip | Self::NotApplicable)
    }

    /// Whether the target does not do what it must or should, known or not.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Fail | Self::Xfail | Self::Warn | Self::Timeout => true,
            Self::Pass | Self::Info | Self::Skip | Self::NotApplicable | Self::Xpass | Self::Error => false,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        self.into()
    }
}
