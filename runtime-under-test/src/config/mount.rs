use super::fields::or_default;
use serde::Deserialize;
use std::path::PathBuf;

/// One entry of `mounts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// Where, as the container sees it. A relative path counts from `/`.
    pub destination: PathBuf,
    /// Filesystem type; may be left out for a bind mount.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What: a path for a bind mount (relative ones count from the bundle), a name for the others.
    pub source: Option<String>,
    /// Options as fstab writes them.
    #[serde(default, deserialize_with = "or_default")]
    pub options: Vec<String>,
}
