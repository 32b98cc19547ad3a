//! What a container is to be like, before it is made.

use crate::container::caller::Caller;
use crate::container::config::default_config;
use crate::container::created::{Attempt, Container, Created, Lifecycle};
use crate::container::foreground::Foreground;
use crate::container::inheritance::Inheritance;
use crate::container::pipe::Streams;
use crate::container::refusal::Refusal;
use crate::container::{ConsoleSocket, ContainerError, Rootfs, Workbench};
use crate::probe::ControlSocket;
use crate::target::Running;
use ptyproof_probe::{PROBE_PATH, Request, Size};
use serde_json::{Value, json};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

/// What a container is to be like. Each case states its difference from the default: a terminal, root, the
/// probe as the process, listening for steps.
pub struct Plan {
    pub(super) bench: Rc<Workbench>,
    id: String,
    directory: PathBuf,
    control: ControlSocket,
    config: Value,
    config_text: Option<String>,
    rootfs: Rootfs,
    console_socket: SocketUse,
    create_arguments: Vec<String>,
    inheritance: Inheritance,
    refusal: Option<Refusal>,
    hook: Option<ControlSocket>,
}

/// What is said to the runtime about a console socket.
enum SocketUse {
    /// One that listens, where the container has a terminal.
    WithTerminal,
    /// One that listens, terminal or not.
    Always,
    /// None.
    Never,
    /// This path, where the harness does not listen.
    At(PathBuf),
    /// One that listens at this path below the bundle's directory.
    Named(PathBuf),
    /// The same, given relative to the bundle's directory, which is the runtime's working directory then.
    Relative(PathBuf),
}

impl Plan {
    /// The default container.
    pub fn new(bench: &Rc<Workbench>) -> Result<Self, ContainerError> {
        let directory = bench.directory("b")?;
        let shared = directory.join("control");
        std::fs::create_dir(&shared).map_err(ContainerError::setup("making", &shared))?;
        let control = bench.control(&shared, "init")?;
        let id = format!("c{}", bench.number());
        let arguments = [PROBE_PATH, "serve", control.inside()].map(str::to_owned);
        let cgroup = bench.cgroup_of(&id);
        let config = default_config(&arguments, bench.probe(), &shared, cgroup.as_deref(), bench.machine.many_ids);
        Ok(Self {
            bench: Rc::clone(bench),
            id,
            directory,
            control,
            config,
            config_text: None,
            rootfs: Rootfs::default(),
            console_socket: SocketUse::WithTerminal,
            create_arguments: Vec::new(),
            inheritance: Inheritance::default(),
            refusal: None,
            hook: None,
        })
    }

    /// The container's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The bundle's directory, which holds `config.json` and `rootfs` once the container is made.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// No terminal: the standard streams are pipes.
    pub fn without_terminal(self) -> Self {
        self.configured(|config| config["process"]["terminal"] = json!(false))
    }

    /// The process runs as this user and group.
    pub fn user(self, user: u32, group: u32) -> Self {
        self.configured(|config| config["process"]["user"] = json!({ "uid": user, "gid": group }))
    }

    /// `process.consoleSize`.
    pub fn console_size(self, size: Size) -> Self {
        self.configured(|config| {
            config["process"]["consoleSize"] = json!({ "height": size.rows, "width": size.columns });
        })
    }

    /// The options of the devpts mount.
    pub fn devpts_options(self, options: &[&str]) -> Self {
        self.configured(|config| {
            if let Some(mounts) = config["mounts"].as_array_mut() {
                for mount in mounts.iter_mut().filter(|mount| mount["destination"] == "/dev/pts") {
                    mount["options"] = json!(options);
                }
            }
        })
    }

    /// Any other difference of config.json.
    pub fn configured(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.config);
        self
    }

    /// The runtime runs the probe as a poststart hook, and so waits between the start of the process and whatever
    /// it does next. runtime-spec, config.md#posix-platform-hooks.
    pub fn waiting_after_start(mut self) -> Result<Self, ContainerError> {
        let (directory, name) = (self.directory.join("control"), "hook");
        self.hook = Some(self.bench.control(&directory, name)?);
        let hook = json!({
            "path": self.bench.probe(),
            "args": ["probe", "serve", directory.join(name)]
        });
        Ok(self.configured(|config| config["hooks"] = json!({ "poststart": [hook] })))
    }

    /// This instead of a config.json, whatever it is.
    pub fn config_text(mut self, text: &str) -> Self {
        self.config_text = Some(text.to_owned());
        self
    }

    /// The kernel refuses something to `create` and to the container.
    pub fn refusing(mut self, refusal: Refusal) -> Self {
        self.refusal = Some(refusal);
        self
    }

    /// Things in the root filesystem.
    pub fn rootfs(mut self, change: impl FnOnce(&mut Rootfs)) -> Self {
        change(&mut self.rootfs);
        self
    }

    /// The process performs these steps and ends, with nobody to talk to.
    pub fn performing(self, steps: &[Request]) -> Self {
        let steps = serde_json::to_string(steps).unwrap_or_default();
        self.configured(|config| {
            config["process"]["args"] = json!([PROBE_PATH, "perform", steps]);
        })
    }

    /// The process is this program, with nobody to talk to.
    pub fn arguments(self, arguments: &[&str]) -> Self {
        self.configured(|config| config["process"]["args"] = json!(arguments))
    }

    /// No console socket is given, terminal or not.
    pub fn without_console_socket(mut self) -> Self {
        self.console_socket = SocketUse::Never;
        self
    }

    /// A console socket is given although there may be no terminal.
    pub fn with_console_socket(mut self) -> Self {
        self.console_socket = SocketUse::Always;
        self
    }

    /// This is given as console socket; the harness does not listen there.
    pub fn console_socket_at(mut self, path: impl Into<PathBuf>) -> Self {
        self.console_socket = SocketUse::At(path.into());
        self
    }

    /// The harness listens at this path below the bundle's directory; its directories are made.
    pub fn console_socket_named(mut self, path: impl Into<PathBuf>) -> Self {
        self.console_socket = SocketUse::Named(path.into());
        self
    }

    /// The same, given as a path relative to the runtime's working directory, which is the bundle's.
    pub fn console_socket_relative(mut self, path: impl Into<PathBuf>) -> Self {
        self.console_socket = SocketUse::Relative(path.into());
        self
    }

    /// Further arguments for `create` or `run`.
    pub fn create_arguments(mut self, arguments: &[&str]) -> Self {
        self.create_arguments.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// The runtime's caller leaves this descriptor open: the first is the runtime's 3, the next its 4, and so on.
    pub fn leaving_open(mut self, descriptor: impl Into<OwnedFd>) -> Self {
        self.inheritance.add(descriptor.into());
        self
    }

    /// The runtime is told to pass on what was [left open](Self::leaving_open) so far, where its profile knows
    /// how that is said.
    pub fn preserving(mut self) -> Self {
        let runtime = self.bench.runtime().ok();
        let flag = runtime.and_then(|runtime| runtime.profile.preserve_descriptors_flag.as_ref());
        if let Some(flag) = flag {
            self.create_arguments.extend([flag.clone(), self.inheritance.count().to_string()]);
        }
        self
    }

    fn has_terminal(&self) -> bool {
        self.config["process"]["terminal"] == json!(true)
    }

    fn write_bundle(&self) -> Result<(), ContainerError> {
        self.rootfs.write(&self.directory.join("rootfs"))?;
        let path = self.directory.join("config.json");
        let text = self.config.to_string();
        std::fs::write(&path, self.config_text.as_ref().unwrap_or(&text))
            .map_err(ContainerError::setup("writing", &path))
    }

    /// Calls `create`, whatever comes of it.
    pub fn attempt(self) -> Result<Attempt, ContainerError> {
        self.write_bundle()?;
        let mut command = self.bench.command("create")?;
        command.arg("--bundle").arg(&self.directory);
        let pid_file = self.directory.join("pid");
        command.arg("--pid-file").arg(&pid_file);
        let has_terminal = self.has_terminal();
        let socket = self.give_console_socket(&mut command)?;
        command.args(&self.create_arguments).arg(&self.id);
        self.bench.may_exist(&self.id);
        let _placeholders = self.inheritance.give_to(&mut command)?;
        if let Some(refusal) = self.refusal {
            refusal.impose_on(&mut command);
        }
        let (running, streams) = if has_terminal {
            (Running::start(command)?, None)
        } else {
            let (streams, given) = Streams::open(self.bench.patience)?;
            command.stdin(Stdio::from(given.stdin));
            command.stdout(Stdio::from(given.stdout)).stderr(Stdio::from(given.stderr));
            (Running::start_with_streams(command)?, Some(streams))
        };
        let finished = running.finish(self.bench.patience)?;
        let reception = socket.map(ConsoleSocket::finish).transpose()?;
        let lifecycle = Lifecycle::new(self.bench, self.id, self.directory, pid_file);
        let created = Created::new(lifecycle, self.config, self.control, reception, streams);
        Ok(Attempt { finished, created })
    }

    /// Tells the runtime about the console socket, and listens there if the harness is to.
    fn give_console_socket(&self, command: &mut Command) -> Result<Option<ConsoleSocket>, ContainerError> {
        let (given, listens) = match &self.console_socket {
            SocketUse::WithTerminal if !self.has_terminal() => return Ok(None),
            SocketUse::Never => return Ok(None),
            SocketUse::WithTerminal | SocketUse::Always => (self.directory.join("tty"), true),
            SocketUse::At(path) => (path.clone(), false),
            SocketUse::Named(path) => (self.directory.join(path), true),
            SocketUse::Relative(path) => {
                command.current_dir(&self.directory);
                (path.clone(), true)
            }
        };
        command.arg("--console-socket").arg(&given);
        if !listens {
            return Ok(None);
        }
        // An absolute path replaces the directory, so this is right for all.
        Ok(Some(ConsoleSocket::listen(&self.directory.join(given))?))
    }

    /// Calls `create`, which must succeed.
    pub fn create(self) -> Result<Created, ContainerError> {
        self.attempt()?.succeeded()
    }

    /// Calls `create` and `start`, and waits for the probe.
    pub fn start(self) -> Result<Container, ContainerError> {
        self.create()?.start()
    }

    /// Calls `run` in the foreground, from `caller`'s streams.
    pub fn foreground(self, caller: Caller) -> Result<Foreground, ContainerError> {
        self.write_bundle()?;
        let mut command = self.bench.command("run")?;
        command.arg("--bundle").arg(&self.directory);
        let pid_file = self.directory.join("pid");
        command.arg("--pid-file").arg(&pid_file);
        command.args(&self.create_arguments).arg(&self.id);
        self.bench.may_exist(&self.id);
        let _placeholders = self.inheritance.give_to(&mut command)?;
        let lifecycle = Lifecycle::new(Rc::clone(&self.bench), self.id, self.directory, pid_file);
        let mut run = Foreground::begin(&self.bench, command, caller, Some(self.control), Some(lifecycle))?;
        run.hook = self.hook;
        Ok(run)
    }
}
