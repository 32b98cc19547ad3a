//! Checks that types alone cannot make.

use super::{Config, ConfigError, DeviceKind, IdMapping, IoPriority, Mount, NamespaceKind, Process, Scheduler};
use crate::syscall::Reason;
use std::path::{Component, Path};

/// A field, and what is wrong with its value.
type Problem = (String, String);

/// The problem, unless all is well.
fn check(well: bool, field: impl Into<String>, reason: impl Into<String>) -> Result<(), Problem> {
    if well { Ok(()) } else { Err((field.into(), reason.into())) }
}

fn absolute(field: impl Into<String>, path: &Path) -> Result<(), Problem> {
    check(path.is_absolute(), field, format!("{} is not absolute", path.display()))
}

/// Whether a path that begins at some root does not lead away from it; `..` leads nowhere there.
fn is_root(path: &Path) -> bool {
    !path.components().any(|part| matches!(part, Component::Normal(_)))
}

/// Refuses a root that is no directory.
pub(super) fn root(path: &Path, root: &Path) -> Result<(), ConfigError> {
    let reason = match std::fs::metadata(root) {
        Ok(seen) if seen.is_dir() => return Ok(()),
        Ok(_) => "is not a directory".to_owned(),
        Err(error) => error.words(),
    };
    Err(ConfigError::invalid(path, "root.path", format!("{}: {reason}", root.display())))
}

/// Checks a whole config.
pub(super) fn config(path: &Path, config: &Config) -> Result<(), ConfigError> {
    let checked = whole(config).and_then(|()| process_fields("process.", &config.process));
    let checked = checked.and_then(|()| namespaces(config)).and_then(|()| hooks(config));
    checked.map_err(|(field, reason)| ConfigError::invalid(path, field, reason))
}

/// Checks a process; `prefix` goes in front of the fields' names.
pub(super) fn process(path: &Path, prefix: &str, process: &Process) -> Result<(), ConfigError> {
    process_fields(prefix, process).map_err(|(field, reason)| ConfigError::invalid(path, field, reason))
}

fn whole(config: &Config) -> Result<(), Problem> {
    let version = &config.oci_version;
    let known = version.split('.').next() == Some("1");
    check(known, "ociVersion", format!("{version:?} is not supported, expected 1.x"))?;
    check(!config.root.path.as_os_str().is_empty(), "root.path", "is empty")?;
    for (index, mount) in config.mounts.iter().enumerate() {
        let field = format!("mounts[{index}].destination");
        check(!mount.destination.as_os_str().is_empty(), &field, "is empty")?;
        // What is mounted over the root would not be the root of the process, whose root is held by then.
        let changes_root = mount.options.iter().any(|option| option == "remount");
        check(changes_root || !is_root(&mount.destination), field, "is the root itself, expected a path below it")?;
        mapped_mount(config, index, mount)?;
    }
    for (index, device) in config.linux.devices.iter().enumerate() {
        absolute(format!("linux.devices[{index}].path"), &device.path)?;
        for (name, number) in [("major", device.major), ("minor", device.minor)] {
            let well = number.is_some() || device.kind == DeviceKind::Fifo;
            check(well, format!("linux.devices[{index}].{name}"), "is required and missing")?;
        }
    }
    let cgroup = config.linux.cgroups_path.as_deref().filter(|path| !path.as_os_str().is_empty());
    let reason = "is the root of the hierarchy, expected a cgroup below it";
    check(!cgroup.is_some_and(is_root), "linux.cgroupsPath", reason)?;
    for (field, paths) in [("masked", &config.linux.masked_paths), ("readonly", &config.linux.readonly_paths)] {
        for (index, path) in paths.iter().enumerate() {
            absolute(format!("linux.{field}Paths[{index}]"), path)?;
        }
    }
    let below = |part: &str, problem: Option<(String, String)>| {
        problem.map_or(Ok(()), |(field, reason)| Err((format!("linux.{part}.{field}"), reason)))
    };
    below("resources", config.linux.resources.problem())?;
    below("seccomp", config.linux.seccomp.problem())
}

fn process_fields(prefix: &str, process: &Process) -> Result<(), Problem> {
    let program = process.args.first().is_some_and(|program| !program.is_empty());
    check(program, format!("{prefix}args"), "is empty, expected the program to run")?;
    for (field, strings) in [("args", &process.args), ("env", &process.env)] {
        for (index, string) in strings.iter().enumerate() {
            check(!string.contains('\0'), format!("{prefix}{field}[{index}]"), "holds a NUL byte")?;
        }
    }
    absolute(format!("{prefix}cwd"), &process.cwd)?;
    if let Some(size) = process.console_size.filter(|_| process.terminal) {
        size.check().map_err(|(dimension, reason)| (format!("{prefix}consoleSize.{dimension}"), reason))?;
    }
    for (index, limit) in process.rlimits.iter().enumerate() {
        let (kind, field) = (&limit.kind, format!("{prefix}rlimits[{index}]"));
        let twice = process.rlimits[..index].iter().any(|earlier| earlier.kind == *kind);
        check(kind.parse::<rlimit::Resource>().is_ok(), format!("{field}.type"), format!("unknown limit {kind:?}"))?;
        check(!twice, format!("{field}.type"), format!("{kind} is given twice"))?;
        let reason = format!("{} is above the hard limit {}", limit.soft, limit.hard);
        check(limit.soft <= limit.hard, format!("{field}.soft"), reason)?;
    }
    if let Some((field, reason)) = process.scheduler.as_ref().and_then(Scheduler::problem) {
        return Err((format!("{prefix}scheduler.{field}"), reason));
    }
    let well = process.io_priority.is_none_or(IoPriority::is_valid);
    check(well, format!("{prefix}ioPriority.priority"), "is out of range, expected 0 to 7")?;
    let score = process.oom_score_adj.unwrap_or_default();
    let reason = format!("{score} is out of range, expected -1000 to 1000");
    check((-1000..=1000).contains(&score), format!("{prefix}oomScoreAdj"), reason)
}

fn namespaces(config: &Config) -> Result<(), Problem> {
    let linux = &config.linux;
    for (index, namespace) in linux.namespaces.iter().enumerate() {
        let (kind, field) = (namespace.kind, format!("linux.namespaces[{index}]"));
        let twice = linux.namespaces[..index].iter().any(|earlier| earlier.kind == kind);
        check(!twice, format!("{field}.type"), format!("{kind} is given twice"))?;
        namespace.path.as_ref().map_or(Ok(()), |file| absolute(format!("{field}.path"), file))?;
    }
    let new_user = config.namespace(NamespaceKind::User).is_some_and(|user| user.path.is_none());
    for (field, maps) in [("linux.uidMappings", &linux.uid_mappings), ("linux.gidMappings", &linux.gid_mappings)] {
        let reason = "is empty, expected at least one range for the new user namespace";
        check(!new_user || !maps.is_empty(), field, reason)?;
        check(new_user || maps.is_empty(), field, "needs a new user namespace in linux.namespaces")?;
        mappings(field, maps)?;
    }
    let new_clocks = config.namespace(NamespaceKind::Time).is_some_and(|time| time.path.is_none());
    let reason = "needs a new time namespace in linux.namespaces";
    check(new_clocks || linux.time_offsets.is_empty(), "linux.timeOffsets", reason)?;
    let flags = linux.personality.as_ref().map_or(0, |personality| personality.flags.len());
    check(flags == 0, "linux.personality.flags", "is not empty, and the spec knows no flags")?;
    // Everything that is placed in the root would otherwise be placed in the caller's mount namespace.
    let has = |kind| config.namespace(kind).is_some();
    check(has(NamespaceKind::Mount), "linux.namespaces", "lacks a mount namespace")?;
    for (field, name) in [("hostname", &config.hostname), ("domainname", &config.domainname)] {
        let unnamed = name.as_ref().is_none_or(String::is_empty);
        check(unnamed || has(NamespaceKind::Uts), field, "needs a uts namespace in linux.namespaces")?;
    }
    Ok(())
}

/// A mount whose files have other owners (config.md, "Mounts").
fn mapped_mount(config: &Config, index: usize, mount: &Mount) -> Result<(), Problem> {
    let (users, groups) = (&mount.uid_mappings, &mount.gid_mappings);
    if users.is_empty() && groups.is_empty() && !mount.maps_ids() {
        return Ok(());
    }
    let field = |name: &str| format!("mounts[{index}].{name}");
    check(mount.is_bind(), field("uidMappings"), "with idmap and its kin, is for bind mounts only")?;
    let reason = "is empty, and the mount maps the others of users and groups";
    check(!users.is_empty() || groups.is_empty(), field("uidMappings"), reason)?;
    check(!groups.is_empty() || users.is_empty(), field("gidMappings"), reason)?;
    let reason = "asks for idmap, which takes uidMappings and gidMappings or a user namespace in linux.namespaces";
    check(!users.is_empty() || config.namespace(NamespaceKind::User).is_some(), field("options"), reason)?;
    mappings(&field("uidMappings"), users)?;
    mappings(&field("gidMappings"), groups)
}

fn mappings(field: &str, maps: &[IdMapping]) -> Result<(), Problem> {
    for (index, map) in maps.iter().enumerate() {
        let at = |well, name: &str, reason: &str| check(well, format!("{field}[{index}].{name}"), reason);
        at(map.size > 0, "size", "is 0, expected at least one id")?;
        for (name, first) in [("containerID", map.container_id), ("hostID", map.host_id)] {
            at(first.checked_add(map.size).is_some(), name, "with this size runs past the last id")?;
        }
        let overlaps = |a: u32, b: u32, size: u32| a < b.saturating_add(size) && b < a.saturating_add(map.size);
        let overlaps = maps[..index].iter().any(|m| overlaps(map.container_id, m.container_id, m.size));
        at(!overlaps, "containerID", "overlaps an earlier range")?;
    }
    Ok(())
}

fn hooks(config: &Config) -> Result<(), Problem> {
    let hooks = &config.hooks;
    for (field, list) in [
        ("prestart", &hooks.prestart),
        ("createRuntime", &hooks.create_runtime),
        ("createContainer", &hooks.create_container),
        ("startContainer", &hooks.start_container),
        ("poststart", &hooks.poststart),
        ("poststop", &hooks.poststop),
    ] {
        for (index, hook) in list.iter().enumerate() {
            absolute(format!("hooks.{field}[{index}].path"), &hook.path)?;
        }
    }
    Ok(())
}
