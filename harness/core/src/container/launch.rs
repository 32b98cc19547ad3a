//! Programs that a launcher runs: at its caller's terminal, or without a caller.

use crate::case::Stop;
use crate::cgroup::begin_in;
use crate::container::foreground::Errand;
use crate::container::plan::Asked;
use crate::container::{Caller, ContainerError, Foreground, Plan, Workbench, succeeded};
use crate::probe::{ControlSocket, Probe};
use crate::target::{CommandError, Finished, Launch, Launcher, Root, Running};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use ptyproof_probe::PROBE_PATH;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::{os::unix::process::CommandExt, process::Command, rc::Rc, time::Instant};

/// What the gaps of a launcher's command lines are filled with, and who owns it.
#[derive(Clone, Debug)]
struct Place {
    id: String,
    name: String,
    rootfs: PathBuf,
    control: PathBuf,
    state: PathBuf,
}

impl Place {
    fn of(bench: &Workbench, id: &str, directory: &Path, root: Root) -> Self {
        let rootfs = directory.join("rootfs");
        let control = control_directory(directory, root);
        Self { id: id.to_owned(), name: bench.name_of(id), rootfs, control, state: bench.state() }
    }

    fn filling<'p>(&'p self, argv: &'p [String], streams: &'p [String]) -> Launch<'p> {
        let Self { id, name, rootfs, control, state } = self;
        Launch { id, name, rootfs, control, state, argv, streams }
    }
}

/// Where the probe's socket lies. A launcher that gives a root needs no mount for it.
pub(super) fn control_directory(bundle: &Path, root: Root) -> PathBuf {
    match root {
        Root::Own => bundle.join("rootfs").join(ptyproof_probe::CONTROL_DIRECTORY.trim_start_matches('/')),
        Root::Machine => bundle.join("control"),
    }
}

impl Workbench {
    /// The path of the probe, as a program's root has it.
    fn probe_in(&self, root: Root) -> String {
        match root {
            Root::Own => PROBE_PATH.to_owned(),
            Root::Machine => self.probe().to_string_lossy().into_owned(),
        }
    }

    /// Where a probe reports that has this root.
    pub(super) fn control_in(&self, root: Root, directory: &Path, name: &str) -> Result<ControlSocket, ContainerError> {
        match root {
            Root::Own => self.control(directory, name),
            Root::Machine => self.control_by_its_path(directory, name),
        }
    }

    /// What a launcher does when a case is over.
    pub(super) fn clear(&self, launcher: &Launcher, id: &str) -> Result<(), ContainerError> {
        let place = Place::of(self, id, Path::new(""), launcher.profile.root);
        for line in launcher.lines(&launcher.profile.after, &place.filling(&[], &[])) {
            self.performs(line)?;
        }
        Ok(())
    }

    /// A line of a shell. Where it does not come to an end, nor does what it has started: all of it is killed.
    fn performs(&self, mut line: Command) -> Result<Finished, CommandError> {
        line.process_group(0);
        let running = Running::start(line)?;
        let group = Pid::from_raw(running.pid());
        running.finish(self.patience).inspect_err(|_| {
            // It can only fail where nothing is left of it.
            let _ = killpg(group, Signal::SIGKILL);
        })
    }
}

impl Plan {
    /// What the launcher is called with, and where, once all that comes before it is done.
    fn prepared(&self, verb: &str) -> Result<(Place, Command), ContainerError> {
        let bench = &self.bench;
        let launcher = bench.target.launcher().ok_or(ContainerError::NoRuntime)?;
        self.expressible(launcher)?;
        let profile = &launcher.profile;
        let mut argv: Vec<String> = serde_json::from_value(self.config["process"]["args"].clone()).unwrap_or_default();
        let place = Place::of(bench, &self.id, &self.directory, profile.root);
        if profile.root == Root::Own {
            self.rootfs.write(&place.rootfs)?;
            let inside = place.rootfs.join(PROBE_PATH.trim_start_matches('/'));
            std::fs::copy(bench.probe(), &inside).map_err(ContainerError::setup("copying the probe to", &inside))?;
        } else if let Some(program) = argv.first_mut().filter(|program| *program == PROBE_PATH) {
            *program = bench.probe_in(profile.root);
        }
        std::fs::create_dir_all(&place.state).map_err(ContainerError::setup("making", &place.state))?;
        let streams = profile.streams.of(self.has_terminal());
        let filling = place.filling(&argv, streams);
        bench.may_exist(&self.id);
        for line in launcher.lines(&profile.before, &filling) {
            // A daemon that does not answer says nothing of how it runs programs.
            let failed = match bench.performs(line) {
                Ok(finished) if finished.status.success() => continue,
                Ok(finished) => finished.describe(),
                Err(error) => error.to_string(),
            };
            let why = format!("what comes before a program of {}: {failed}", profile.name);
            return Err(ContainerError::Stopped(Stop::Error(why)));
        }
        let mut command = launcher.command(verb, &filling).ok_or_else(|| bench.not_offered(verb))?;
        if let Some(cgroup) = bench.cgroup_of(&self.id).filter(|_| profile.own_cgroup) {
            begin_in(&cgroup, &mut command).map_err(ContainerError::setup("making the cgroup", Path::new(&cgroup)))?;
        }
        Ok((place, command))
    }

    /// A launcher takes a program and its root, and nothing else.
    fn expressible(&self, launcher: &Launcher) -> Result<(), ContainerError> {
        let refused = match &self.asked {
            Some(Asked(what)) => Some(*what),
            None if !self.has_terminal() && !launcher.profile.offers.pipes => Some("streams of the caller's"),
            None if launcher.profile.root == Root::Machine && !self.rootfs.is_plain() => {
                Some("root of the program's own")
            }
            None => None,
        };
        refused.map_or(Ok(()), |what| Err(self.bench.not_offered(what)))
    }

    /// Has the launcher run the program at `caller`'s terminal.
    pub(super) fn launched(self, caller: Caller) -> Result<Foreground, ContainerError> {
        let (_, mut command) = self.prepared("foreground")?;
        let _placeholders = self.inheritance.give_to(&mut command)?;
        let errand = Errand::Launch(self.id);
        Foreground::begin(&self.bench, command, self.interventions, caller, Some(self.control), errand)
    }

    /// Has the launcher run the program without a caller, and waits for the probe.
    pub fn detached(self) -> Result<Launched, ContainerError> {
        if self.bench.target.launcher().is_none() {
            return Err(ContainerError::NotOffered {
                profile: self.bench.profile()?.name.clone(),
                what: "detached, but create and start".to_owned(),
            });
        }
        let began = Instant::now();
        let (place, command) = self.prepared("detached")?;
        // Some want a terminal for a program that is to have one, though it gets another.
        let caller = Caller::at_a_terminal();
        let call = Foreground::begin(&self.bench, command, self.interventions, caller, None, Errand::Join)?;
        succeeded("detached", call.returns()?.finished)?;
        let probe = self.control.accept(&[])?;
        self.bench.started_in(began.elapsed());
        Ok(Launched { bench: self.bench, place, probe })
    }

    pub(super) fn has_terminal(&self) -> bool {
        self.config["process"]["terminal"] == json!(true)
    }
}

/// A program that runs without its caller.
pub struct Launched {
    bench: Rc<Workbench>,
    place: Place,
    /// The program.
    pub probe: Probe,
}

impl Launched {
    fn launcher(&self) -> Result<&Launcher, ContainerError> {
        self.bench.target.launcher().ok_or(ContainerError::NoRuntime)
    }

    fn command(&self, verb: &str, argv: &[String], terminal: bool) -> Result<Command, ContainerError> {
        let launcher = self.launcher()?;
        let filling = self.place.filling(argv, launcher.profile.streams.of(terminal));
        launcher.command(verb, &filling).ok_or_else(|| self.bench.not_offered(verb))
    }

    /// Calls a verb that comes to an end, whatever comes of it.
    pub fn call(&self, verb: &str) -> Result<Finished, ContainerError> {
        Ok(Running::start(self.command(verb, &[], true)?)?.finish(self.bench.patience)?)
    }

    /// Begins a verb.
    pub fn begin(&self, verb: &str) -> Result<Running, ContainerError> {
        Ok(Running::start(self.command(verb, &[], true)?)?)
    }

    /// Comes to the program from `caller`'s terminal.
    pub fn attach(&self, caller: Caller) -> Result<Foreground, ContainerError> {
        let command = self.command("attach", &[], true)?;
        Foreground::begin(&self.bench, command, Default::default(), caller, None, Errand::Join)
    }

    /// Runs the probe once more beside the program, at `caller`'s terminal.
    pub fn exec(&self, caller: Caller) -> Result<Foreground, ContainerError> {
        let (name, directory) = (format!("p{}", self.bench.number()), &self.place.control);
        let control = self.bench.control_in(self.launcher()?.profile.root, directory, &name)?;
        let words = ["serve", control.inside()].map(str::to_owned);
        self.second(words, caller, Some(control))
    }

    /// Runs a program of these steps beside the first, at `caller`'s terminal.
    pub fn exec_performing(
        &self,
        steps: &[ptyproof_probe::step::Request],
        caller: Caller,
    ) -> Result<Foreground, ContainerError> {
        let steps = serde_json::to_string(steps).unwrap_or_default();
        self.second(["perform".to_owned(), steps], caller, None)
    }

    fn second(
        &self,
        [verb, told]: [String; 2],
        caller: Caller,
        control: Option<ControlSocket>,
    ) -> Result<Foreground, ContainerError> {
        let program = self.bench.probe_in(self.launcher()?.profile.root);
        let command = self.command("exec", &[program, verb, told], caller.is_at_a_terminal())?;
        Foreground::begin(&self.bench, command, Default::default(), caller, control, Errand::Exec)
    }
}
