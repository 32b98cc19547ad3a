use super::fields::or_default;
use serde::Deserialize;

words! {
    /// Which kind of machine uname(2) tells of.
    Domain {
        Linux = "LINUX",
        Linux32 = "LINUX32",
    }
}

/// How the kernel appears to the container (personality(2); config-linux.md, "Personality").
#[derive(Debug, Clone, Deserialize)]
pub struct Personality {
    /// As which machine.
    pub domain: Domain,
    /// The spec has none so far.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) flags: Vec<String>,
}
