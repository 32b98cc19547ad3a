use serde::{Deserialize, Deserializer};

/// Names by number, from `linux/capability.h`.
const NAMES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// The name of the capability with this number.
pub fn capability_name(number: u8) -> String {
    match NAMES.get(usize::from(number)) {
        Some(name) => (*name).to_owned(),
        None => format!("capability {number}"),
    }
}

/// Every capability name that is known.
pub(crate) fn known_capabilities() -> &'static [&'static str] {
    &NAMES
}

/// A set of capabilities, one bit each, numbered as the kernel does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CapabilityMask(u64);

impl CapabilityMask {
    /// The bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set with these bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// What is in both.
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Numbers of the members.
    pub fn numbers(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |n| self.0 & (1 << n) != 0)
    }
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
        let mut warnings: Vec<String> = sets
            .into_iter()
            .flat_map(|(set, names)| names.unknown.iter().map(move |name| (set, name)))
            .map(|(set, name)| format!("process.capabilities.{set}: unknown capability {name} is left out"))
            .collect();
        let possible = self.permitted.mask.intersection(self.inheritable.mask);
        let refused = CapabilityMask(self.ambient.mask.0 & !possible.0);
        if refused.0 != 0 {
            let names: Vec<String> = refused.numbers().map(capability_name).collect();
            let names = names.join(", ");
            warnings.push(format!(
                "process.capabilities.ambient: left out, as they are not both permitted and inheritable: {names}"
            ));
        }
        warnings
    }
}

/// A set that was given by names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedSet {
    /// What the names stand for.
    pub mask: CapabilityMask,
    unknown: Vec<String>,
}

impl<'de> Deserialize<'de> for NamedSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default();
        let mut set = Self::default();
        for name in names {
            match NAMES.iter().position(|known| *known == name) {
                Some(number) => set.mask.0 |= 1 << number,
                None => set.unknown.push(name),
            }
        }
        Ok(set)
    }
}
