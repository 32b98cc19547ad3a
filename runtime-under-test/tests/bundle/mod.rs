//! A bundle whose programs are this machine's own, bound read-only, and the command run on it.

use ptyrun::spec;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A bundle with a state directory of its own. Containers that are left in it are removed with it.
pub struct Bundle {
    directory: tempfile::TempDir,
    config: Value,
}

impl Bundle {
    /// None, with the reason said, where containers cannot be made. The program is `sh -c script`.
    pub fn new(script: &str) -> Option<Bundle> {
        if !nix::unistd::getuid().is_root() {
            eprintln!("SKIPPED: not root (rootless containers are tested by tests/rootfs.rs)");
            return None;
        }
        let mut config = spec::default_config();
        config["process"]["args"] = json!(["sh", "-c", script]);
        let mounts = config["mounts"].as_array_mut().unwrap();
        for programs in ["/usr", "/bin", "/lib", "/lib64"] {
            if Path::new(programs).exists() {
                mounts.push(json!({"destination": programs, "source": programs, "options": ["rbind", "rro"]}));
            }
        }
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("rootfs")).unwrap();
        let bundle = Bundle { directory, config };
        bundle.write();
        Some(bundle)
    }

    #[allow(dead_code)] // not every test file does
    /// Changes the config at a JSON pointer's place.
    pub fn set(&mut self, pointer: &str, value: Value) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.config.pointer_mut(parent).unwrap()[name] = value;
        self.write();
    }

    fn write(&self) {
        fs::write(self.path("config.json"), self.config.to_string()).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// `ptyrun --root STATE` and these arguments, in the bundle's directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ptyrun"));
        command.arg("--root").arg(self.path("state")).args(arguments);
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The ids of the containers that exist.
    pub fn ids(&self) -> String {
        String::from_utf8(self.run(&["list", "-q"]).stdout).unwrap()
    }

    /// What `state` says of the container's status.
    #[allow(dead_code)] // not every test file asks
    pub fn status(&self, id: &str) -> String {
        let output = self.run(&["state", id]);
        let state: Value = serde_json::from_slice(&output.stdout).unwrap();
        state["status"].as_str().unwrap().to_owned()
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        for id in self.ids().lines() {
            self.run(&["delete", "-f", id]);
        }
    }
}
