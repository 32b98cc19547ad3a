//! The document that `ptyrun features` prints (features.md of the runtime-spec).

use crate::config::{Action, Architecture, Flag, NamespaceKind, Operator, capability_names};
use crate::rootfs::known_options;
use rustix::thread::CapabilitySet;
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
            "capabilities": capability_names(CapabilitySet::all()),
            "cgroup": {"v1": true, "v2": true, "systemd": true, "systemdUser": true, "rdma": false},
            "seccomp": seccomp(),
            "apparmor": {"enabled": true},
            "selinux": {"enabled": true},
            "intelRdt": {"enabled": false},
            "mountExtensions": {"idmap": {"enabled": true}},
        },
        "annotations": {"io.github.ptyproof.ptyrun.version": env!("CARGO_PKG_VERSION")},
    })
}

/// What of seccomp(2) there is.
fn seccomp() -> Value {
    fn words<T: ToString>(of: impl IntoIterator<Item = T>) -> Vec<String> {
        of.into_iter().map(|word| word.to_string()).collect()
    }
    json!({
        "enabled": cfg!(target_arch = "x86_64"),
        "actions": words(Action::VARIANTS),
        "operators": words(Operator::VARIANTS),
        "archs": words([Architecture::X86_64, Architecture::X86, Architecture::X32]),
        "knownFlags": words(Flag::VARIANTS),
        "supportedFlags": words(Flag::VARIANTS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_is_offered() {
        let document = document();
        let options = document["mountOptions"].as_array().unwrap();
        assert!(options.iter().any(|option| option == "rbind"));
        assert!(options.iter().any(|option| option == "idmap"));
        let seccomp = &document["linux"]["seccomp"];
        assert_eq!(seccomp["enabled"], cfg!(target_arch = "x86_64"));
        assert_eq!(seccomp["archs"], json!(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]));
        let words = |field: &str| seccomp[field].as_array().unwrap().clone();
        assert!(words("actions").contains(&json!("SCMP_ACT_NOTIFY")));
        assert!(words("operators").contains(&json!("SCMP_CMP_MASKED_EQ")));
        let waiting = json!("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
        assert!(words("knownFlags").contains(&waiting) && words("supportedFlags").contains(&waiting));
        assert_eq!(document["linux"]["capabilities"].as_array().unwrap().len(), 41);
    }
}
