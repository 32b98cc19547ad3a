//! Kernel parameters of the container's own namespaces (config-linux.md, "Sysctl").

use super::ProcessError;
use crate::config::{Config, NamespaceKind};
use std::fs;

/// Sets `linux.sysctl`. To be called in the container's namespaces and before the root is changed, as the container may
/// have `/proc/sys` read-only or none at all. The error names the parameter.
pub fn apply_sysctl(config: &Config) -> Result<(), ProcessError> {
    let parameters = &config.linux.sysctl;
    // All of them before the first is written.
    for name in parameters.keys() {
        let problem = match namespace_of(name) {
            None => "not a parameter of a namespace, so it would change the host".to_owned(),
            Some(kind) if config.namespace(kind).is_some() => continue,
            Some(kind) => format!("needs a new {} namespace in linux.namespaces", kind),
        };
        return Err(ProcessError(format!("linux.sysctl {name}: {problem}")));
    }
    for (name, value) in parameters {
        fs::write(file(name), value).map_err(ProcessError::of(format!("set linux.sysctl {name}")))?;
    }
    Ok(())
}

/// Dots separate, unless the name is written with slashes (sysctl(8)); an interface's name may then hold dots.
fn file(name: &str) -> String {
    let path = if name.contains('/') { name.to_owned() } else { name.replace('.', "/") };
    format!("/proc/sys/{path}")
}

/// The namespace that a parameter belongs to (namespaces(7) and the manual pages of each kind).
fn namespace_of(name: &str) -> Option<NamespaceKind> {
    let dotted = name.replace('/', ".");
    if dotted.split('.').any(str::is_empty) {
        return None;
    }
    match dotted.as_str() {
        "kernel.msgmax"
        | "kernel.msgmnb"
        | "kernel.msgmni"
        | "kernel.sem"
        | "kernel.shmall"
        | "kernel.shmmax"
        | "kernel.shmmni"
        | "kernel.shm_rmid_forced" => Some(NamespaceKind::Ipc),
        "kernel.domainname" | "kernel.hostname" => Some(NamespaceKind::Uts),
        name if name.starts_with("fs.mqueue.") => Some(NamespaceKind::Ipc),
        name if name.starts_with("net.") => Some(NamespaceKind::Network),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parameters_of_namespaces_are_known() {
        assert_eq!(namespace_of("net.ipv4.ip_forward"), Some(NamespaceKind::Network));
        assert_eq!(namespace_of("net/ipv4/conf/eth0.1/forwarding"), Some(NamespaceKind::Network));
        assert_eq!(namespace_of("kernel.sem"), Some(NamespaceKind::Ipc));
        for name in
            ["kernel.core_pattern", "vm.swappiness", "net", "net.../kernel/core_pattern", "net./../kernel/sysrq"]
        {
            assert_eq!(namespace_of(name), None, "{name}");
        }
    }

    #[test]
    fn both_spellings_lead_to_the_file() {
        assert_eq!(file("net.ipv4.ip_forward"), "/proc/sys/net/ipv4/ip_forward");
        assert_eq!(file("net/ipv4/conf/eth0.1/forwarding"), "/proc/sys/net/ipv4/conf/eth0.1/forwarding");
    }
}
