//! What is remembered of a container between two commands.

use super::ContainerId;
use super::liveness::Named;
use crate::{cgroup::Cgroup, config::Config};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf, time::SystemTime};

/// The runtime-spec version that ptyrun follows.
pub const SPEC_VERSION: &str = "1.2.0";

/// The state file of one container.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub id: String,
    /// Its first process.
    #[serde(flatten)]
    pub init: Named,
    /// The bundle's absolute path.
    pub bundle: PathBuf,
    /// The root filesystem's absolute path.
    pub rootfs: PathBuf,
    /// When it was created, RFC 3339 in UTC.
    pub created: String,
    /// Who created it: a uid.
    pub owner: u32,
    /// Its cgroup.
    pub cgroup: Cgroup,
    /// Whether it has a session keyring of its own.
    #[serde(default)]
    pub new_keyring: bool,
    /// The config's annotations.
    pub annotations: BTreeMap<String, String>,
}

impl Record {
    /// What is known of a container before its process exists.
    pub fn new(id: &ContainerId, config: &Config, bundle: PathBuf) -> Record {
        Record {
            id: id.to_string(),
            init: Named::default(),
            bundle,
            rootfs: config.root.path.clone(),
            created: humantime::format_rfc3339_nanos(SystemTime::now()).to_string(),
            owner: nix::unistd::getuid().as_raw(),
            cgroup: Cgroup::default(),
            new_keyring: true,
            annotations: config.annotations.clone(),
        }
    }

    /// Who created it, as runc writes somebody whose name it cannot tell; the machine's list of users is none of ptyrun's.
    pub fn owner(&self) -> String {
        if self.owner == 0 { "root".into() } else { format!("#{}", self.owner) }
    }

    /// The state as hooks read it from their standard input.
    pub fn state_for_hooks(&self, status: &str) -> Vec<u8> {
        self.oci_state(status).to_string().into_bytes()
    }

    /// The state in the spec's form, as `ptyrun state` prints it and hooks read it. `status` is a word because hooks may
    /// also be shown `creating`. A stopped container has no pid.
    pub fn oci_state(&self, status: &str) -> Value {
        let Self { id, init, bundle, rootfs, created, annotations, .. } = self;
        let mut state = json!({
            "ociVersion": SPEC_VERSION, "id": id, "status": status, "bundle": bundle, "rootfs": rootfs,
            "created": created, "owner": self.owner(), "annotations": annotations,
        });
        if status != "stopped" {
            state["pid"] = json!(init.pid);
        }
        state
    }
}
