//! Why a kernel is tainted. Linux, admin-guide/tainted-kernels.rst

/// A word for each bit.
const REASONS: [&str; 19] = [
    "a proprietary module",
    "a module loaded by force",
    "an SMP kernel on a processor that is not made for it",
    "a module unloaded by force",
    "a machine check",
    "a bad page",
    "userspace asked for it",
    "the kernel died: an oops or BUG",
    "an overridden ACPI table",
    "a warning (WARN)",
    "a staging driver",
    "a workaround for firmware",
    "a module from outside of the tree",
    "an unsigned module",
    "a soft lockup",
    "a live patch",
    "a reason of the distribution's own",
    "randomised structures",
    "a test of the kernel's own",
];

/// The bits in words.
pub fn taints(bits: u64) -> String {
    let known = (0..).zip(REASONS).filter(|(bit, _)| bits >> bit & 1 == 1);
    let mut words: Vec<&str> = known.map(|(_, reason)| reason).collect();
    if bits >> REASONS.len() != 0 {
        words.push("a reason that is not known here");
    }
    format!("{bits}: {}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::taints;

    #[test]
    fn each_bit_has_its_word() {
        assert_eq!(taints(512), "512: a warning (WARN)");
        assert_eq!(taints(128 | 512), "640: the kernel died: an oops or BUG, a warning (WARN)");
        assert_eq!(taints(1 << 40), "1099511627776: a reason that is not known here");
    }
}
