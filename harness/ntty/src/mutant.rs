//! Mutants: models that break one rule each.
//!
//! A test that compares the model with a kernel, or vectors with either, is worth what it notices. Each mutant breaks
//! one rule in one way, at the place where the rule stands; a good set of tests tells all of them from the real thing.
//! Without the feature `mutants` there are none, and asking for one costs nothing.

macro_rules! mutants {
    ($($variant:ident, $name:literal, $rule:literal;)*) => {
        /// A rule that is broken, named for how.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Mutant {
            $(#[doc = $rule] $variant,)*
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// All of them.
            pub const ALL: &[Mutant] = &[$(Mutant::$variant),*];

            /// The name, for reports: words with hyphens.
            pub fn name(self) -> &'static str {
                match self {
                    $(Mutant::$variant => $name,)*
                }
            }

            /// The broken rule: its ids in the catalogue, and what is broken.
            pub fn rule(self) -> &'static str {
                match self {
                    $(Mutant::$variant => $rule,)*
                }
            }
        }
    };
}

mutants! {
    EndOfFileEchoed, "end-of-file-echoed", "LE-06: VEOF is echoed";
}

/// The rules of one model: all of them hold, except the one of its mutant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    #[cfg(feature = "mutants")]
    broken: Option<Mutant>,
}

impl Rules {
    #[cfg(feature = "mutants")]
    pub(crate) fn without(mutant: Mutant) -> Rules {
        Rules {
            broken: Some(mutant),
        }
    }

    /// Whether this model is that mutant.
    #[cfg(feature = "mutants")]
    pub(crate) fn broken_by(self, mutant: Mutant) -> bool {
        self.broken == Some(mutant)
    }

    /// Whether this model is that mutant: never.
    #[cfg(not(feature = "mutants"))]
    #[inline(always)]
    pub(crate) fn broken_by(self, _: Mutant) -> bool {
        false
    }
}
