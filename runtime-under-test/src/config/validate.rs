//! Checks that types alone cannot make.

use super::{Config, ConfigError, IdMapping, NamespaceKind, Process};
use crate::process::resource_named;
use std::path::Path;

/// Refuses a root that is no directory.
pub(super) fn root(path: &Path, root: &Path) -> Result<(), ConfigError> {
    let reason = match std::fs::metadata(root) {
        Ok(seen) if seen.is_dir() => return Ok(()),
        Ok(_) => "is not a directory".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(ConfigError::invalid(path, "root.path", format!("{}: {reason}", root.display())))
}

/// Checks a whole config.
pub(super) fn config(path: &Path, config: &Config) -> Result<(), ConfigError> {
    let invalid = |field: &str, reason: String| Err(ConfigError::invalid(path, field, reason));
    if config.oci_version.split('.').next() != Some("1") {
        return invalid("ociVersion", format!("{:?} is not supported, expected 1.x", config.oci_version));
    }
    if config.root.path.as_os_str().is_empty() {
        return invalid("root.path", "is empty".to_owned());
    }
    process(path, "process.", &config.process)?;
    namespaces(path, config)?;
    for (index, mount) in config.mounts.iter().enumerate() {
        if mount.destination.as_os_str().is_empty() {
            return invalid(&format!("mounts[{index}].destination"), "is empty".to_owned());
        }
    }
    for (index, device) in config.linux.devices.iter().enumerate() {
        if !device.path.is_absolute() {
            let reason = format!("{} is not absolute", device.path.display());
            return invalid(&format!("linux.devices[{index}].path"), reason);
        }
    }
    for (field, paths) in
        [("linux.maskedPaths", &config.linux.masked_paths), ("linux.readonlyPaths", &config.linux.readonly_paths)]
    {
        if let Some((index, relative)) = paths.iter().enumerate().find(|(_, p)| !p.is_absolute()) {
            return invalid(&format!("{field}[{index}]"), format!("{} is not absolute", relative.display()));
        }
    }
    hooks(path, config)
}

/// Checks a process; `prefix` goes in front of the fields' names.
pub(super) fn process(path: &Path, prefix: &str, process: &Process) -> Result<(), ConfigError> {
    let invalid = |field: String, reason: String| Err(ConfigError::invalid(path, format!("{prefix}{field}"), reason));
    if process.args.first().is_none_or(String::is_empty) {
        return invalid("args".into(), "is empty, expected the program to run".into());
    }
    for (field, strings) in [("args", &process.args), ("env", &process.env)] {
        if let Some(index) = strings.iter().position(|s| s.contains('\0')) {
            return invalid(format!("{field}[{index}]"), "holds a NUL byte".into());
        }
    }
    if !process.cwd.is_absolute() {
        return invalid("cwd".into(), format!("{:?} is not absolute", process.cwd));
    }
    if process.terminal
        && let Some(size) = process.console_size
        && let Err((dimension, reason)) = size.check()
    {
        return invalid(format!("consoleSize.{dimension}"), reason);
    }
    for (index, limit) in process.rlimits.iter().enumerate() {
        if resource_named(&limit.kind).is_none() {
            return invalid(format!("rlimits[{index}].type"), format!("unknown limit {:?}", limit.kind));
        }
        if process.rlimits[..index].iter().any(|earlier| earlier.kind == limit.kind) {
            return invalid(format!("rlimits[{index}].type"), format!("{} is given twice", limit.kind));
        }
        if limit.soft > limit.hard {
            let reason = format!("{} is above the hard limit {}", limit.soft, limit.hard);
            return invalid(format!("rlimits[{index}].soft"), reason);
        }
    }
    if let Some(score) = process.oom_score_adj
        && !(-1000..=1000).contains(&score)
    {
        return invalid("oomScoreAdj".into(), format!("{score} is out of range, expected -1000 to 1000"));
    }
    Ok(())
}

fn namespaces(path: &Path, config: &Config) -> Result<(), ConfigError> {
    let linux = &config.linux;
    for (index, namespace) in linux.namespaces.iter().enumerate() {
        let field = format!("linux.namespaces[{index}]");
        if linux.namespaces[..index].iter().any(|earlier| earlier.kind == namespace.kind) {
            let reason = format!("{} is given twice", namespace.kind);
            return Err(ConfigError::invalid(path, format!("{field}.type"), reason));
        }
        if let Some(file) = namespace.path.as_ref().filter(|file| !file.is_absolute()) {
            let reason = format!("{} is not absolute", file.display());
            return Err(ConfigError::invalid(path, format!("{field}.path"), reason));
        }
    }
    let new_user = config.namespace(NamespaceKind::User).is_some_and(|user| user.path.is_none());
    for (field, maps) in [("linux.uidMappings", &linux.uid_mappings), ("linux.gidMappings", &linux.gid_mappings)] {
        match (new_user, maps.is_empty()) {
            (true, true) => {
                let reason = "is empty, expected at least one range for the new user namespace";
                return Err(ConfigError::invalid(path, field, reason));
            }
            (false, false) => {
                return Err(ConfigError::invalid(path, field, "needs a new user namespace in linux.namespaces"));
            }
            _ => mappings(path, field, maps)?,
        }
    }
    // Everything that is placed in the root would otherwise be placed in the caller's mount namespace.
    if config.namespace(NamespaceKind::Mount).is_none() {
        return Err(ConfigError::invalid(path, "linux.namespaces", "lacks a mount namespace"));
    }
    let names = [("hostname", &config.hostname), ("domainname", &config.domainname)];
    for (field, name) in names {
        if name.as_ref().is_some_and(|name| !name.is_empty()) && config.namespace(NamespaceKind::Uts).is_none() {
            return Err(ConfigError::invalid(path, field, "needs a uts namespace in linux.namespaces"));
        }
    }
    Ok(())
}

fn mappings(path: &Path, field: &str, maps: &[IdMapping]) -> Result<(), ConfigError> {
    for (index, map) in maps.iter().enumerate() {
        let at = |name: &str, reason: &str| Err(ConfigError::invalid(path, format!("{field}[{index}].{name}"), reason));
        if map.size == 0 {
            return at("size", "is 0, expected at least one id");
        }
        if map.container_id.checked_add(map.size).is_none() {
            return at("containerID", "with this size runs past the last id");
        }
        if map.host_id.checked_add(map.size).is_none() {
            return at("hostID", "with this size runs past the last id");
        }
        let overlaps = |a: u32, b: u32, size: u32| a < b.saturating_add(size) && b < a.saturating_add(map.size);
        if maps[..index].iter().any(|m| overlaps(map.container_id, m.container_id, m.size)) {
            return at("containerID", "overlaps an earlier range");
        }
    }
    Ok(())
}

fn hooks(path: &Path, config: &Config) -> Result<(), ConfigError> {
    let hooks = &config.hooks;
    for (field, list) in [
        ("prestart", &hooks.prestart),
        ("createRuntime", &hooks.create_runtime),
        ("createContainer", &hooks.create_container),
        ("startContainer", &hooks.start_container),
        ("poststart", &hooks.poststart),
        ("poststop", &hooks.poststop),
    ] {
        if let Some((index, hook)) = list.iter().enumerate().find(|(_, hook)| !hook.path.is_absolute()) {
            let reason = format!("{} is not absolute", hook.path.display());
            return Err(ConfigError::invalid(path, format!("hooks.{field}[{index}].path"), reason));
        }
    }
    Ok(())
}
