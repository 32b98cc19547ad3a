//! What differs from run to run by nature, and says nothing about the target.

use crate::printable;
use regex::Regex;
use std::sync::LazyLock;

/// Patterns, and what stands for what they match.
const VOLATILE: &[(&str, &str)] = &[
    // The directory of a run, and what is named after it.
    (r"ptyproof-[A-Za-z0-9]{6}\b", "ptyproof-<run>"),
    // Inode numbers of namespaces: the kernel counts them from 0xF0000000 on.
    (r"\b40265[3-9]\d{4}\b", "<namespace>"),
    // How long something took, to the nanosecond.
    (r"\b(\d+(m|s|ms|us) )+\d+ns\b", "<time>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "<time>"),
    // Devices of file systems without a disk: the kernel takes the first free minor number.
    (r"\bdevice 0:[1-9]\d*\b", "device 0:<minor>"),
    (r"(\bprocess |\bpid |/proc/)\d+\b", "$1<pid>"),
];

static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compiled = VOLATILE.iter().filter_map(|(pattern, mask)| {
        let regex = Regex::new(pattern).ok()?;
        Some((regex, *mask))
    });
    compiled.collect()
});

/// `text` as one line that no terminal obeys, in which what differs from run to run is replaced by its name.
pub(crate) fn stable(text: &str) -> String {
    MASKS.iter().fold(printable(text), |text, (regex, mask)| regex.replace_all(&text, *mask).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(MASKS.len(), VOLATILE.len());
    }

    #[test]
    fn what_two_runs_never_have_in_common_is_masked() {
        for (seen, stays) in [
            (
                "openat2 /sys/fs/cgroup/ptyproof-zdLDTz-console-stale-node-4026532180/c2/memory.events",
                "openat2 /sys/fs/cgroup/ptyproof-<run>-console-stale-node-<namespace>/c2/memory.events",
            ),
            ("time=\"2026-11-23T17:22:43Z\" level=error", "time=\"<time>\" level=error"),
            ("\\x1b[1;31m2026-11-23T17:22:54.309364Z: out", "\\x1b[1;31m<time>: out"),
            ("2026-11-23T17:22:54+01:00.", "<time>."),
            ("root /0, device 0:50, options", "root /0, device 0:<minor>, options"),
            ("nothing more for 5s 7ms 380us 607ns", "nothing more for <time>"),
            ("process 1234 has ended", "process <pid> has ended"),
            ("/proc/77/fd/3", "/proc/<pid>/fd/3"),
        ] {
            assert_eq!(stable(seen), stays);
        }
    }

    #[test]
    fn what_is_a_property_of_the_target_stays() {
        for seen in [
            "Err(EIO)",
            "136:0",
            "5:2",
            "0:0",
            "owner 0:5",
            "10:50",
            "[0, 24]",
            "4096 bytes",
            "user 1000 and group 5",
            "exit status 101",
            "nothing more for 5s",
        ] {
            assert_eq!(stable(seen), seen);
        }
        assert_eq!(stable("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\nb");
    }
}
