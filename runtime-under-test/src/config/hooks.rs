use super::fields::or_default;
use serde::{Deserialize, Deserializer};
use std::{path::PathBuf, time::Duration};

/// The programs to run, by point of the container's life (config.md, "POSIX-platform Hooks").
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hooks {
    /// Deprecated; in the runtime's namespaces, after the container's were made.
    #[serde(deserialize_with = "or_default")]
    pub prestart: Vec<Hook>,
    /// In the runtime's namespaces, at create, before the root is changed.
    #[serde(deserialize_with = "or_default")]
    pub create_runtime: Vec<Hook>,
    /// In the container's namespaces, at create, before the root is changed.
    #[serde(deserialize_with = "or_default")]
    pub create_container: Vec<Hook>,
    /// In the container's namespaces, at start, before the process is executed.
    #[serde(deserialize_with = "or_default")]
    pub start_container: Vec<Hook>,
    /// In the runtime's namespaces, after the process was started.
    #[serde(deserialize_with = "or_default")]
    pub poststart: Vec<Hook>,
    /// In the runtime's namespaces, after the container was deleted.
    #[serde(deserialize_with = "or_default")]
    pub poststop: Vec<Hook>,
}

/// One program to run.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hook {
    /// Absolute path.
    pub path: PathBuf,
    /// argv, name first; when empty the path is the name.
    #[serde(default, deserialize_with = "or_default")]
    pub args: Vec<String>,
    /// The whole environment, `NAME=value` each.
    pub env: Option<Vec<String>>,
    /// How long it may take.
    #[serde(default, deserialize_with = "seconds")]
    pub timeout: Option<Duration>,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let value = Option::<i64>::deserialize(deserializer)?;
    value
        .map(|n| match u64::try_from(n) {
            Ok(n) if n > 0 => Ok(Duration::from_secs(n)),
            _ => Err(serde::de::Error::custom(format!(
                "invalid hook timeout {n}, expected a positive number of seconds"
            ))),
        })
        .transpose()
}
