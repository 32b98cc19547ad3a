//! What a container is to be like, before it is made.

use crate::container::launch::control_directory;
use crate::container::{ContainerError, Rootfs, Workbench};
use crate::intervention::{Call, Hits, Interventions, Stoppable, When};
use crate::{container::config::default_config, container::inheritance::Inheritance, probe::ControlSocket};
use ptyproof_probe::step::Request;
use ptyproof_probe::{PROBE_PATH, Size};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{os::fd::OwnedFd, rc::Rc};

/// What a container is to be like. Each case states its difference from the default: a terminal, root, the
/// probe as the process, listening for steps.
pub struct Plan {
    pub(super) bench: Rc<Workbench>,
    pub(super) id: String,
    pub(super) directory: PathBuf,
    pub(super) control: ControlSocket,
    pub(super) config: Value,
    pub(super) config_text: Option<String>,
    pub(super) rootfs: Rootfs,
    pub(super) console_socket: SocketUse,
    pub(super) create_arguments: Vec<String>,
    pub(super) inheritance: Inheritance,
    pub(super) interventions: Interventions,
    pub(super) hook: Option<ControlSocket>,
    pub(super) asked: Option<Asked>,
}

/// What only a runtime can be asked for that takes a bundle, in a word or two.
pub(super) struct Asked(pub &'static str);

/// What is said to the runtime about a console socket.
pub(super) enum SocketUse {
    /// One that listens, where the container has a terminal.
    WithTerminal,
    /// One that listens, terminal or not.
    Always,
    /// The runtime is given no console socket.
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
        let root = bench.target.launcher().map(|launcher| launcher.profile.root);
        let shared = root.map_or_else(|| directory.join("control"), |root| control_directory(&directory, root));
        std::fs::create_dir_all(&shared).map_err(ContainerError::setup("making", &shared))?;
        let control = bench.control_in(root.unwrap_or_default(), &shared, "init")?;
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
            interventions: Interventions::default(),
            hook: None,
            asked: None,
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
        self.with(|config| config["process"]["terminal"] = json!(false))
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
    pub fn configured(self, change: impl FnOnce(&mut Value)) -> Self {
        self.asking("config.json").with(change)
    }

    /// A difference that launchers know, too.
    fn with(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.config);
        self
    }

    /// Only a runtime that takes a bundle can be asked for that.
    fn asking(mut self, what: &'static str) -> Self {
        self.asked.get_or_insert(Asked(what));
        self
    }

    /// The runtime runs the probe as a poststart hook, and so waits between the start of the process and whatever
    /// it does next. runtime-spec, config.md#posix-platform-hooks.
    pub fn waiting_after_start(mut self) -> Result<Self, ContainerError> {
        if self.bench.target.launcher().is_some() {
            return Err(self.bench.not_offered("hooks"));
        }
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
        self.asking("config.json")
    }

    /// Something is done at this call of the runtime's, in `create` or `run` and in what they leave, until the program runs.
    pub fn when(self, call: Call) -> When<Self> {
        When::new(self.asking("calls that are held"), call)
    }

    /// The calls at which the runtime is stopped.
    pub fn hits(&self) -> Hits {
        self.interventions.hits()
    }

    /// Things in the root filesystem.
    pub fn rootfs(mut self, change: impl FnOnce(&mut Rootfs)) -> Self {
        change(&mut self.rootfs);
        self
    }

    /// The process performs these steps and ends, with nobody to talk to.
    pub fn performing(self, steps: &[Request]) -> Self {
        let steps = serde_json::to_string(steps).unwrap_or_default();
        self.with(|config| {
            config["process"]["args"] = json!([PROBE_PATH, "perform", steps]);
        })
    }

    /// The process is this program, with nobody to talk to.
    pub fn arguments(self, arguments: &[&str]) -> Self {
        self.with(|config| config["process"]["args"] = json!(arguments))
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
        self.asking("further arguments")
    }

    /// The runtime's caller leaves this descriptor open: the first is the runtime's 3, the next its 4, and so on.
    pub fn leaving_open(mut self, descriptor: impl Into<OwnedFd>) -> Self {
        self.inheritance.add(descriptor.into());
        self
    }

    /// Where there is no terminal and the runtime returns, standard input is `/dev/null`, as daemons have it.
    pub fn input_from_null(mut self) -> Self {
        self.inheritance.null_input = true;
        self
    }

    /// The runtime's caller has this as its descriptor 0, 1 or 2.
    pub fn stream(mut self, number: i32, descriptor: impl Into<OwnedFd>) -> Self {
        self.inheritance.set(number, Some(descriptor.into()));
        self
    }

    /// The runtime's caller has this descriptor, 0, 1 or 2, closed.
    pub fn closing(mut self, number: i32) -> Self {
        self.inheritance.set(number, None);
        self
    }

    /// The runtime is told to pass on what was [left open](Self::leaving_open) so far, where its profile knows
    /// how that is said.
    pub fn preserving(mut self) -> Self {
        if let Some(flag) = self.bench.target.profile().and_then(|profile| profile.preserve_descriptors_flag.as_ref()) {
            self.create_arguments.extend([flag.clone(), self.inheritance.count().to_string()]);
        }
        self
    }
}

impl Stoppable for Plan {
    fn interventions(&mut self) -> &mut Interventions {
        &mut self.interventions
    }
}
