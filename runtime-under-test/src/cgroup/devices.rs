//! Rules about device nodes, as the v1 `devices` controller takes them (Documentation/admin-guide/cgroup-v1/devices.rst).

use super::CgroupError;
use crate::config::DeviceRule;
use std::{fs, path::Path};

/// What a container can use whatever the rules say: mknod, which alone opens nothing, the default devices, and its terminals.
const ALWAYS: [(&str, Option<i64>, Option<i64>, &str); 10] = [
    ("c", None, None, "m"),
    ("b", None, None, "m"),
    ("c", Some(1), Some(3), "rwm"),
    ("c", Some(1), Some(5), "rwm"),
    ("c", Some(1), Some(7), "rwm"),
    ("c", Some(1), Some(8), "rwm"),
    ("c", Some(1), Some(9), "rwm"),
    ("c", Some(5), Some(0), "rwm"),
    ("c", Some(5), Some(2), "rwm"),
    ("c", Some(136), None, "rwm"),
];

/// The rules in order, then what every container can use.
pub(super) fn with_defaults(rules: &[DeviceRule]) -> Vec<DeviceRule> {
    let always = ALWAYS.map(|(kind, major, minor, access)| DeviceRule {
        allow: true,
        kind: Some(kind.to_owned()),
        major,
        minor,
        access: Some(access.to_owned()),
    });
    rules.iter().cloned().chain(always).collect()
}

/// Writes the rules in order.
pub(super) fn apply(directory: &Path, rules: &[DeviceRule]) -> Result<(), CgroupError> {
    let write = |file: &str, entry: &str| {
        let file = directory.join(file);
        fs::write(&file, entry)
            .map_err(|source| CgroupError::new("write a rule of linux.resources.devices to", &file, source))
    };
    for rule in rules {
        let file = if rule.allow { "devices.allow" } else { "devices.deny" };
        for entry in entries(rule) {
            write(file, &entry)?;
        }
    }
    Ok(())
}

/// The kernel takes `a` only for everything at once; any narrower rule names its kind.
fn entries(rule: &DeviceRule) -> Vec<String> {
    let letters = rule.access.as_deref().filter(|access| !access.is_empty()).unwrap_or("rwm");
    // Others mean nothing, on v2 neither, and the controller refuses them.
    let access: String = letters.chars().filter(|letter| "rwm".contains(*letter)).collect();
    let number = |value: Option<i64>| match value {
        Some(n) if n >= 0 => n.to_string(),
        _ => "*".to_owned(),
    };
    let numbers = format!("{}:{}", number(rule.major), number(rule.minor));
    let all_access = ['r', 'w', 'm'].iter().all(|c| access.contains(*c));
    match rule.kind.as_deref().unwrap_or("a") {
        "a" if numbers == "*:*" && all_access => vec!["a".to_owned()],
        "a" if !access.is_empty() => vec![format!("c {numbers} {access}"), format!("b {numbers} {access}")],
        _ if access.is_empty() => Vec::new(),
        kind => vec![format!("{kind} {numbers} {access}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_the_controllers_entries() {
        let rule = |kind: Option<&str>, major, minor, access: Option<&str>| DeviceRule {
            allow: false,
            kind: kind.map(str::to_owned),
            major,
            minor,
            access: access.map(str::to_owned),
        };
        assert_eq!(entries(&rule(None, None, None, Some("rwm"))), ["a"]);
        assert_eq!(entries(&rule(Some("a"), Some(-1), None, Some("mrw"))), ["a"]);
        assert_eq!(entries(&rule(None, None, None, Some("m"))), ["c *:* m", "b *:* m"]);
        assert_eq!(entries(&rule(Some("c"), Some(10), Some(229), Some("rw"))), ["c 10:229 rw"]);
        assert_eq!(entries(&rule(Some("b"), Some(8), None, None)), ["b 8:* rwm"]);
        assert_eq!(entries(&rule(Some("c"), Some(1), Some(11), Some("rwa"))), ["c 1:11 rw"]);
        assert!(entries(&rule(None, None, None, Some("x"))).is_empty());
    }
}
