//! Every field of the runtime-spec (1.2, and what 1.3 added) with what becomes of it.

use super::{ConfigError, NamespaceKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::path::Path;
use strum::VariantArray;

/// What becomes of a field that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is acted on.
    Honoured,
    /// The bundle is refused.
    Refused,
}
use Fate::{Honoured, Refused};

/// Paths as in the spec's headings; `[]` stands for every element of an array.
pub(super) const FIELDS: &[(&str, Fate)] = &[
    ("ociVersion", Honoured),
    ("root.path", Honoured),
    ("root.readonly", Honoured),
    ("mounts[].destination", Honoured),
    ("mounts[].source", Honoured),
    ("mounts[].type", Honoured),
    ("mounts[].options", Honoured),
    ("mounts[].uidMappings", Honoured),
    ("mounts[].gidMappings", Honoured),
    ("process.terminal", Honoured),
    ("process.consoleSize", Honoured),
    ("process.cwd", Honoured),
    ("process.env", Honoured),
    ("process.args", Honoured),
    ("process.commandLine", Refused),
    ("process.user.uid", Honoured),
    ("process.user.gid", Honoured),
    ("process.user.umask", Honoured),
    ("process.user.additionalGids", Honoured),
    ("process.user.username", Refused),
    ("process.capabilities", Honoured),
    ("process.rlimits", Honoured),
    ("process.noNewPrivileges", Honoured),
    ("process.oomScoreAdj", Honoured),
    ("process.apparmorProfile", Honoured),
    ("process.selinuxLabel", Honoured),
    ("process.scheduler", Honoured),
    ("process.ioPriority", Honoured),
    ("process.execCPUAffinity", Honoured),
    ("hostname", Honoured),
    ("domainname", Honoured),
    ("annotations", Honoured),
    ("hooks.prestart", Honoured),
    ("hooks.createRuntime", Honoured),
    ("hooks.createContainer", Honoured),
    ("hooks.startContainer", Honoured),
    ("hooks.poststart", Honoured),
    ("hooks.poststop", Honoured),
    ("linux.namespaces", Honoured),
    ("linux.uidMappings", Honoured),
    ("linux.gidMappings", Honoured),
    ("linux.timeOffsets", Honoured),
    ("linux.devices", Honoured),
    ("linux.netDevices", Refused),
    ("linux.cgroupsPath", Honoured),
    ("linux.resources.devices", Honoured),
    ("linux.resources.memory", Honoured),
    ("linux.resources.cpu", Honoured),
    ("linux.resources.pids", Honoured),
    ("linux.resources.blockIO", Honoured),
    ("linux.resources.hugepageLimits", Honoured),
    ("linux.resources.network", Honoured),
    ("linux.resources.rdma", Honoured),
    ("linux.resources.unified", Honoured),
    ("linux.rootfsPropagation", Honoured),
    ("linux.maskedPaths", Honoured),
    ("linux.readonlyPaths", Honoured),
    ("linux.mountLabel", Refused),
    ("linux.sysctl", Honoured),
    ("linux.seccomp.defaultAction", Honoured),
    ("linux.seccomp.defaultErrnoRet", Honoured),
    ("linux.seccomp.architectures", Honoured),
    ("linux.seccomp.flags", Honoured),
    ("linux.seccomp.listenerPath", Honoured),
    ("linux.seccomp.listenerMetadata", Honoured),
    ("linux.seccomp.syscalls", Honoured),
    ("linux.intelRdt", Refused),
    ("linux.memoryPolicy", Refused),
    ("linux.personality", Honoured),
    ("solaris", Refused),
    ("windows", Refused),
    ("vm", Refused),
    ("zos", Refused),
];

/// What a bundle's config must have for ptyrun to make a container of it.
pub(super) const REQUIRED_OF_CONFIG: &[&str] =
    &["ociVersion", "root", "root.path", "process", "process.args", "process.cwd"];

/// What a process description must have.
pub(super) const REQUIRED_OF_PROCESS: &[&str] = &["args", "cwd"];

/// Reads a document by its types. One that lacks one of `required` is refused by name, and so is one that has anything set
/// that ptyrun does not implement. `part` is the path of the document within a config: `""` for the whole, `"process"` for a
/// process description.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    text: &str,
    required: &[&str],
    part: &str,
) -> Result<T, ConfigError> {
    let typed = read_typed(path, text);
    if typed.is_err() || may_be_refused(text) {
        let document = read_typed(path, text)?;
        require(path, &document, required)?;
        refuse_unsupported(path, &document, part)?;
    }
    typed
}

/// Reads JSON of a given shape; the error tells line, column and what was expected.
pub(super) fn read_typed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        // serde_json ends its message with the place, which the error already shows in front.
        let place = format!(" at line {} column {}", error.line(), error.column());
        let expected = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        ConfigError::Syntax(path.to_owned(), error.line(), error.column(), expected)
    })
}

/// Whether a document that can be read by its types may still be one to refuse: it names what ptyrun does not implement, or is
/// no object. Most do not, and to look into them costs as much time as to read them.
fn may_be_refused(text: &str) -> bool {
    let mut names =
        FIELDS.iter().filter(|(_, fate)| *fate == Refused).filter_map(|(field, _)| field.rsplit('.').next());
    // A name may be written by the numbers of its letters.
    !text.trim_start().starts_with('{') || text.contains("\\u") || names.any(|name| text.contains(name))
}

/// Refuses a document that lacks one of `required`.
fn require(path: &Path, document: &Value, required: &[&str]) -> Result<(), ConfigError> {
    if !document.is_object() {
        return Err(ConfigError::invalid(path, "document", "expected a JSON object"));
    }
    for field in required {
        let found = field.split('.').try_fold(document, |value, key| value.get(key));
        if found.is_none_or(Value::is_null) {
            return Err(ConfigError::invalid(path, *field, "is required and missing"));
        }
    }
    Ok(())
}

/// Refuses a document with anything set that ptyrun does not implement, all of it at once.
fn refuse_unsupported(path: &Path, document: &Value, part: &str) -> Result<(), ConfigError> {
    let mut refused = Vec::new();
    for (field, fate) in FIELDS {
        let within = match part {
            "" => *field,
            _ => match field.strip_prefix(part).and_then(|rest| rest.strip_prefix('.')) {
                Some(within) => within,
                None => continue,
            },
        };
        if *fate == Refused && is_set(document, within) {
            refused.push(within.to_owned());
        }
    }
    refused.extend(unknown_namespaces(document));
    if !refused.is_empty() {
        let reason = "not supported by ptyrun; remove what is named here from the config";
        return Err(ConfigError::invalid(path, refused.join(", "), reason));
    }
    if part.is_empty() && document.get("linux").is_none_or(Value::is_null) {
        let reason = "it is absent, and a container without namespaces of Linux is not supported by ptyrun";
        return Err(ConfigError::invalid(path, "linux", reason));
    }
    Ok(())
}

/// The entries of `linux.namespaces` whose kind ptyrun does not know.
fn unknown_namespaces(document: &Value) -> Vec<String> {
    let entries = document.pointer("/linux/namespaces").and_then(Value::as_array).into_iter().flatten();
    let kinds = entries.map(|entry| entry.get("type").and_then(Value::as_str)).enumerate();
    let is_unknown = |kind: &str| NamespaceKind::VARIANTS.iter().all(|known| known.to_string() != kind);
    let unknown = kinds.filter_map(|(index, kind)| Some((index, kind.filter(|kind| is_unknown(kind))?)));
    unknown.map(|(index, kind)| format!("linux.namespaces[{index}].type {kind:?}")).collect()
}

/// Reads null like a field that is left out: engines written in Go write their empty lists so.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Whether the field holds anything that asks for something: null, false, "", [] and {} do not.
fn is_set(value: &Value, field: &str) -> bool {
    if field.is_empty() {
        return match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Bool(true) | Value::Number(_) => true,
        };
    }
    let (key, rest) = field.split_once('.').unwrap_or((field, ""));
    match key.strip_suffix("[]") {
        Some(key) => {
            value.get(key).and_then(Value::as_array).is_some_and(|items| items.iter().any(|item| is_set(item, rest)))
        }
        None => value.get(key).is_some_and(|member| is_set(member, rest)),
    }
}
