//! The document that `ptyrun features` prints (features.md of the runtime-spec).

use crate::config::{NamespaceKind, capability_names};
use crate::rootfs::known_options;
use serde_json::{Value, json};
use strum::VariantArray;

/// What this runtime can do, in the spec's terms.
pub fn document() -> Value {
    json!({
        "ociVersionMin": "1.0.0",
        "ociVersionMax": "1.2.0",
        "hooks": ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
        "mountOptions": known_options().collect::<Vec<_>>(),
        "linux": {
            "namespaces": NamespaceKind::VARIANTS.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "capabilities": capability_names(&caps::all()),
            "cgroup": {"v1": true, "v2": true, "systemd": false, "systemdUser": false, "rdma": false},
            "seccomp": {"enabled": false},
            "apparmor": {"enabled": false},
            "selinux": {"enabled": false},
            "intelRdt": {"enabled": false},
            "mountExtensions": {"idmap": {"enabled": false}},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_not_offered() {
        let document = document();
        let options = document["mountOptions"].as_array().unwrap();
        assert!(options.iter().any(|option| option == "rbind"));
        assert!(!options.iter().any(|option| option == "idmap"));
        assert_eq!(document["linux"]["seccomp"]["enabled"], false);
        assert_eq!(document["linux"]["capabilities"].as_array().unwrap().len(), 41);
    }
}
