//! A bundle whose programs are this machine's own, bound read-only, and the command run on it.

use nix::unistd::{getgid, getuid};
use ptyrun::spec;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

/// A bundle with a state directory of its own, and `outside/` beside its root. Containers that are left are removed with it.
pub struct Bundle {
    directory: tempfile::TempDir,
    pub config: Value,
}

impl Bundle {
    /// The program is `sh -c script`, on a terminal.
    pub fn new(script: &str) -> Bundle {
        let (user, group) = (getuid(), getgid());
        let mut config = match user.is_root() {
            true => spec::default_config(),
            false => spec::rootless_config(user.as_raw(), group.as_raw()),
        };
        config["process"]["args"] = json!(["sh", "-c", script]);
        let mounts = config["mounts"].as_array_mut().unwrap();
        for programs in ["/usr", "/bin", "/lib", "/lib64"] {
            if Path::new(programs).exists() {
                mounts.push(json!({"destination": programs, "source": programs, "options": ["rbind", "rro"]}));
            }
        }
        let directory = tempfile::tempdir().unwrap();
        for name in ["rootfs", "outside"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        let bundle = Bundle { directory, config };
        bundle.write();
        bundle
    }

    pub fn without_terminal() -> Bundle {
        let mut bundle = Bundle::new("true");
        bundle.config["process"]["terminal"] = json!(false);
        bundle
    }

    /// Changes the config at a JSON pointer's place.
    pub fn set(&mut self, pointer: &str, value: Value) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.config.pointer_mut(parent).unwrap()[name] = value;
        self.write();
    }

    pub fn mounts(&mut self) -> &mut Vec<Value> {
        self.config["mounts"].as_array_mut().unwrap()
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

    /// The same for what leaves a process behind, which would hold the pipes of [`Bundle::run`]. The output is its standard error.
    pub fn detach(&self, arguments: &[&str]) -> (ExitStatus, String) {
        let told = self.path("stderr");
        let mut command = self.command(arguments);
        let status = command.stdout(Stdio::null()).stderr(fs::File::create(&told).unwrap()).status().unwrap();
        (status, fs::read_to_string(told).unwrap())
    }

    /// Starts a container that stays.
    pub fn start(&mut self, id: &str) {
        self.set("/process/args", json!(["sleep", "1000"]));
        let (status, told) = self.detach(&["run", "-d", id]);
        assert!(status.success(), "{told}");
    }

    /// Adds an entry of `linux.namespaces`.
    pub fn add_namespace(&mut self, entry: Value) {
        self.config["linux"]["namespaces"].as_array_mut().unwrap().push(entry);
        self.write();
    }

    /// Puts the container into a new user namespace of many ids, which the root belongs to.
    pub fn enter_user_namespace(&mut self) {
        self.add_namespace(json!({"type": "user"}));
        for ids in ["uidMappings", "gidMappings"] {
            self.set(&format!("/linux/{ids}"), json!([{"containerID": 0, "hostID": 100_000, "size": 65_536}]));
        }
        for path in ["rootfs", ""] {
            fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
        }
        chown(self.path("rootfs"), Some(100_000), Some(100_000)).unwrap();
    }

    /// Runs a script in a container of its own.
    pub fn run_script(&mut self, script: &str) -> Output {
        self.set("/process/args", json!(["sh", "-c", script]));
        let name = self.directory.path().file_name().unwrap().display().to_string();
        self.run(&["run", name.trim_start_matches('.')])
    }

    /// Runs a script that must succeed; its output.
    pub fn says(&mut self, script: &str) -> String {
        let output = self.run_script(script);
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Nothing came to be outside of the root, and no state is left.
    pub fn assert_untouched(&self) {
        for name in ["outside", "state"] {
            let entries = fs::read_dir(self.path(name)).into_iter().flatten();
            let found: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }

    /// The ids of the containers that exist.
    pub fn ids(&self) -> String {
        String::from_utf8(self.run(&["list", "-q"]).stdout).unwrap()
    }

    /// What `state` says of the container's status.
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
