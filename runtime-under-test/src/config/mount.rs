use super::{IdMapping, fields::or_default};
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
    /// For a bind mount: which users the owners of files are there.
    #[serde(default, deserialize_with = "or_default")]
    pub uid_mappings: Vec<IdMapping>,
    /// The same for groups.
    #[serde(default, deserialize_with = "or_default")]
    pub gid_mappings: Vec<IdMapping>,
}

impl Mount {
    /// Whether the owners of files are others there.
    pub fn maps_ids(&self) -> bool {
        !self.uid_mappings.is_empty() || self.options.iter().any(|option| option == "idmap" || option == "ridmap")
    }

    /// Whether it shows what is somewhere else already.
    pub fn is_bind(&self) -> bool {
        self.kind.as_deref() == Some("bind") || self.options.iter().any(|option| option == "bind" || option == "rbind")
    }
}
