use caps::Capability;
use rustix::thread::CapabilitySet;
use serde::{Deserialize, Deserializer};

/// Names of capabilities in the order of the kernel's numbers.
pub(crate) fn names(set: CapabilitySet) -> Vec<String> {
    let mut named: Vec<_> = caps::all().into_iter().filter(|capability| set.contains(bit(*capability))).collect();
    named.sort_by_key(Capability::index);
    named.iter().map(Capability::to_string).collect()
}

/// As the kernel has it in a set.
fn bit(capability: Capability) -> CapabilitySet {
    CapabilitySet::from_bits_retain(capability.bitmask())
}

/// The five sets of capabilities(7). A name that is not known is warned about and left out, as the spec asks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Capabilities {
    /// What execve may grant at most.
    pub bounding: NamedSet,
    /// What is checked.
    pub effective: NamedSet,
    /// What effective may hold.
    pub permitted: NamedSet,
    /// What a file may inherit.
    pub inheritable: NamedSet,
    /// What is kept over execve of an ordinary file.
    pub ambient: NamedSet,
}

impl Capabilities {
    /// Adds to what a process has. Ambient ones take inheritable ones: where a config has none, these stay out of both.
    pub fn grant(&mut self, more: &[Capability]) {
        let more = more.iter().fold(CapabilitySet::empty(), |all, one| all | bit(*one));
        for set in [&mut self.bounding, &mut self.effective, &mut self.permitted] {
            set.known |= more;
        }
        if !self.inheritable.known.is_empty() {
            self.ambient.known |= more;
        }
    }

    /// What of the sets cannot be granted, a sentence each, for the log (the spec wants that to be no error): names that are
    /// not known, and ambient capabilities that are not both permitted and inheritable, which the kernel refuses to raise.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let sets = [
            ("bounding", &self.bounding),
            ("effective", &self.effective),
            ("permitted", &self.permitted),
            ("inheritable", &self.inheritable),
            ("ambient", &self.ambient),
        ];
        let unknown = sets.into_iter().flat_map(|(set, names)| names.unknown.iter().map(move |name| (set, name)));
        let mut warnings: Vec<_> = unknown
            .map(|(set, name)| format!("process.capabilities.{set}: unknown capability {name} is left out"))
            .collect();
        let refused = self.ambient.known - (self.permitted.known & self.inheritable.known);
        if !refused.is_empty() {
            let names = names(refused).join(", ");
            warnings.push(format!(
                "process.capabilities.ambient: left out, as they are not both permitted and inheritable: {names}"
            ));
        }
        warnings
    }
}

/// A set that was given by names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSet {
    /// What the names stand for.
    pub known: CapabilitySet,
    unknown: Vec<String>,
}

impl Default for NamedSet {
    fn default() -> Self {
        Self { known: CapabilitySet::empty(), unknown: Vec::new() }
    }
}

impl<'de> Deserialize<'de> for NamedSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default();
        let mut set = Self::default();
        for name in names {
            match name.parse() {
                Ok(capability) => set.known |= bit(capability),
                Err(_) => set.unknown.push(name),
            }
        }
        Ok(set)
    }
}
