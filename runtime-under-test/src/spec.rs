//! The config.json that `ptyrun spec` writes.

use crate::cgroup::Layout;
use serde_json::{Value, json};

const DEFAULT: &str = include_str!("default-config.json");

/// A config for `sh` on a terminal in a read-only root: root in every kind of namespace but user and time. The one of
/// cgroups is there where all are of v2, as runc has it: beside v1 hierarchies, tools look for a container's cgroup by its whole path.
pub fn default_config() -> Value {
    let mut config: Value = serde_json::from_str(DEFAULT).expect("the embedded config is JSON, as a test makes sure");
    let unified = Layout::detect() == Layout::Unified;
    if let Some(namespaces) = config["linux"]["namespaces"].as_array_mut() {
        namespaces.retain(|namespace| unified || namespace["type"] != "cgroup");
    }
    config
}

/// The same for a caller who is not root: `uid` and `gid` become root in a new user namespace that maps nothing else.
///
/// Dropped is what such a namespace cannot have: `gid=5`, which is not mapped, and cgroup limits. The host's network is
/// kept, as nothing could connect a new one, and with it the host's `/sys`, bound read-only.
pub fn rootless_config(uid: u32, gid: u32) -> Value {
    let mut config = default_config();
    if let Some(mounts) = config["mounts"].as_array_mut() {
        for mount in mounts.iter_mut() {
            if mount["type"] == "sysfs" {
                *mount = json!({
                    "destination": "/sys",
                    "type": "none",
                    "source": "/sys",
                    "options": ["rbind", "nosuid", "noexec", "nodev", "rro"]
                });
            } else if let Some(options) = mount.get_mut("options").and_then(Value::as_array_mut) {
                options.retain(|option| option != "gid=5");
            }
        }
        mounts.retain(|mount| mount["type"] != "cgroup");
    }
    let map = |id: u32| json!([{"containerID": 0, "hostID": id, "size": 1}]);
    let linux = &mut config["linux"];
    linux["uidMappings"] = map(uid);
    linux["gidMappings"] = map(gid);
    if let Some(namespaces) = linux["namespaces"].as_array_mut() {
        namespaces.retain(|namespace| namespace["type"] != "network");
        namespaces.push(json!({"type": "user"}));
    }
    if let Some(linux) = linux.as_object_mut() {
        linux.remove("resources");
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, NamespaceKind};

    fn load(config: &Value) -> Config {
        let bundle = std::env::temp_dir();
        let mut config = config.clone();
        config["root"]["path"] = json!(".");
        Config::from_text(std::path::Path::new("config.json"), &config.to_string(), &bundle).unwrap()
    }

    #[test]
    fn both_configs_are_accepted_without_a_warning() {
        for config in [default_config(), rootless_config(1000, 1000)] {
            let config = load(&config);
            assert!(config.warnings.is_empty(), "{:?}", config.warnings);
            assert!(config.process.terminal && config.root.readonly);
        }
    }

    #[test]
    fn cgroups_have_a_namespace_where_all_are_of_v2() {
        let has_one = |config: &Value| load(config).namespace(NamespaceKind::Cgroup).is_some();
        let unified = Layout::detect() == Layout::Unified;
        assert_eq!([has_one(&default_config()), has_one(&rootless_config(1000, 1000))], [unified; 2]);
    }

    #[test]
    fn rootless_maps_the_caller_and_drops_the_tty_group() {
        let config = load(&rootless_config(1000, 1001));
        assert_eq!(config.linux.uid_mappings[0].host_id, 1000);
        assert_eq!(config.linux.gid_mappings[0].host_id, 1001);
        assert!(config.mounts.iter().all(|mount| !mount.options.iter().any(|option| option == "gid=5")));
        assert!(
            load(&default_config()).mounts.iter().any(|mount| mount.options.iter().any(|option| option == "gid=5"))
        );
    }
}
