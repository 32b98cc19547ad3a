//! What all containers of one case share.

use crate::probe::{Actor, ControlSocket, ControlSockets, Falsifier, Manner};
use crate::target::{Finished, Profile, Running, Target};
use crate::terminal::{Master, Terminal, TerminalError, Transcript};
use crate::{case::Machine, container::ContainerError, mount_table::MountTable};
use ptyproof_probe::CONTROL_DIRECTORY;
use ptyproof_report::Entry;
use std::cell::{Cell, OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::{process::Command, rc::Rc, sync::Arc, time::Duration};

/// What all containers of one case share: the runtime, a scratch directory, and a list of what was made.
pub struct Workbench {
    /// What is under test.
    pub target: Arc<dyn Target>,
    /// What the machine offers.
    pub machine: Machine,
    /// No single wait is longer.
    pub patience: Duration,
    /// What its containers are called by, of all there ever were on the machine.
    word: String,
    scratch: PathBuf,
    probe: PathBuf,
    cgroup: Option<String>,
    falsifier: Rc<Falsifier>,
    sockets: OnceCell<Rc<ControlSockets>>,
    containers: RefCell<Vec<String>>,
    transcripts: RefCell<Vec<(String, Rc<RefCell<Transcript>>)>>,
    made: Cell<u32>,
    cut_short: RefCell<Vec<String>>,
    options: RefCell<Vec<String>>,
    starting: Cell<Duration>,
}

impl Workbench {
    /// Works below `scratch`, an empty directory that the caller removes. `probe` is the probe's binary, and
    /// `cgroup` the cgroup below which containers get theirs.
    pub fn new(
        target: Arc<dyn Target>,
        machine: Machine,
        patience: Duration,
        scratch: &Path,
        probe: &Path,
        cgroup: Option<String>,
        falsifier: Falsifier,
    ) -> Self {
        Self {
            target,
            machine,
            patience,
            word: random_word(),
            scratch: scratch.to_owned(),
            probe: probe.to_owned(),
            cgroup,
            falsifier: Rc::new(falsifier),
            sockets: OnceCell::new(),
            containers: RefCell::default(),
            transcripts: RefCell::default(),
            made: Cell::new(0),
            cut_short: RefCell::default(),
            options: RefCell::default(),
            starting: Cell::default(),
        }
    }

    /// A number that nothing else of this case has.
    pub(super) fn number(&self) -> u32 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    /// A new directory with a short path: socket paths are limited to 107 bytes.
    pub fn directory(&self, prefix: &str) -> Result<PathBuf, ContainerError> {
        let path = self.scratch.join(format!("{prefix}{}", self.number()));
        if !self.falsifier.plays() {
            std::fs::create_dir(&path).map_err(ContainerError::setup("making", &path))?;
        }
        Ok(path)
    }

    /// The same anew, to try a case once more in the same places.
    pub(crate) fn again(&self, falsifier: Falsifier) -> Rc<Self> {
        let (scratch, probe, cgroup) = (&self.scratch, &self.probe, self.cgroup.clone());
        let anew = Self::new(self.target.clone(), self.machine, self.patience, scratch, probe, cgroup, falsifier);
        Rc::new(Self { word: self.word.clone(), ..anew })
    }

    /// Who falsifies what is told.
    pub(crate) fn falsifier(&self) -> &Falsifier {
        &self.falsifier
    }

    /// The mounts of the harness's own mount namespace.
    pub fn mounts(&self) -> std::io::Result<MountTable> {
        MountTable::look(&self.scratch)
    }

    /// Where the runtime keeps its state.
    pub fn state(&self) -> PathBuf {
        self.scratch.join("state")
    }

    pub(super) fn probe(&self) -> &Path {
        &self.probe
    }

    /// What nothing else on the machine is called, nor was: an engine may still have the container of a client that was killed.
    pub(super) fn name_of(&self, id: &str) -> String {
        format!("ptyproof-{}-{id}", self.word)
    }

    pub(super) fn cgroup_of(&self, id: &str) -> Option<String> {
        self.cgroup.as_ref().map(|parent| format!("{parent}/{id}"))
    }

    /// A call of the runtime up to and with the verb.
    pub fn command(&self, verb: &str) -> Result<Command, ContainerError> {
        let options = self.options.borrow();
        let Some((first, rest)) = options.split_first() else {
            return self.target.command(&self.state(), verb).ok_or_else(|| self.not_offered(verb));
        };
        let mut command = self.target.command(&self.state(), first).ok_or_else(|| self.not_offered(first))?;
        command.args(rest).arg(verb).args(self.profile()?.arguments.of(verb));
        Ok(command)
    }

    /// From now on, every call of the runtime has these options before the verb.
    pub fn calls_with(&self, options: &[&str]) {
        *self.options.borrow_mut() = options.iter().map(|&option| option.to_owned()).collect();
    }

    /// How the target makes containers.
    pub fn profile(&self) -> Result<&Profile, ContainerError> {
        self.target.profile().ok_or_else(|| self.not_offered("profile of a runtime"))
    }

    /// Targets of this kind do not do that.
    pub(super) fn not_offered(&self, what: &str) -> ContainerError {
        match self.target.launcher() {
            Some(launcher) => {
                ContainerError::NotOffered { profile: launcher.profile.name.clone(), what: what.to_owned() }
            }
            None => ContainerError::NoRuntime,
        }
    }

    /// Where a probe reports that finds `directory` mounted at [`CONTROL_DIRECTORY`].
    pub(super) fn control(&self, directory: &Path, name: &str) -> Result<ControlSocket, ContainerError> {
        let socket = ControlSocket::bind(directory, name, CONTROL_DIRECTORY, self.manner())?;
        Ok(socket)
    }

    /// Where a probe reports that sees the machine's own files.
    pub(super) fn control_by_its_path(&self, directory: &Path, name: &str) -> Result<ControlSocket, ContainerError> {
        Ok(ControlSocket::bind(directory, name, &directory.to_string_lossy(), self.manner())?)
    }

    fn manner(&self) -> Manner {
        Manner { patience: self.patience, falsifier: Rc::clone(&self.falsifier) }
    }

    /// Starts a process on the bare kernel.
    pub(crate) fn actor(&self) -> Result<Actor, ContainerError> {
        let sockets = match self.sockets.get() {
            Some(sockets) => sockets,
            None => {
                let sockets = ControlSockets::new(self.directory("actors")?, self.manner());
                self.sockets.get_or_init(|| sockets)
            }
        };
        Ok(Actor::start(sockets, &self.probe)?)
    }

    /// How many observations were made.
    pub fn observations(&self) -> usize {
        self.falsifier.seen().len()
    }

    /// How long the runtime took to start containers.
    pub fn starting(&self) -> Duration {
        self.starting.get()
    }

    /// The start of a container took so long, or a part of it.
    pub(super) fn started_in(&self, time: Duration) {
        self.starting.set(self.starting.get() + time);
    }

    /// Removes a container that may exist. It may be gone already; what counts is what is left.
    pub(crate) fn remove(&self, id: &str) -> Result<(), ContainerError> {
        match self.target.launcher() {
            Some(launcher) => self.clear(launcher, id),
            None => self.call("delete", &["--force", id]).map(drop),
        }
    }

    /// Calls the runtime and waits for its end.
    pub fn call(&self, verb: &str, arguments: &[&str]) -> Result<Finished, ContainerError> {
        let mut command = self.command(verb)?;
        command.args(arguments);
        Ok(Running::start(command)?.finish(self.patience)?)
    }

    /// Remembers a container that may exist from now on, for teardown.
    pub(super) fn may_exist(&self, id: &str) {
        self.containers.borrow_mut().push(id.to_owned());
    }

    /// A container that the case has deleted itself.
    pub(super) fn is_deleted(&self, id: &str) {
        self.containers.borrow_mut().retain(|existing| existing != id);
    }

    /// A container whose runtime in the foreground was killed by the harness.
    pub(super) fn is_cut_short(&self, id: &str) {
        self.cut_short.borrow_mut().push(id.to_owned());
    }

    /// The containers whose runtime was killed by the harness, maybe amid their removal.
    pub fn cut_short(&self) -> Vec<String> {
        self.cut_short.borrow().clone()
    }

    /// The containers that may still exist.
    pub fn containers(&self) -> Vec<String> {
        self.containers.borrow().clone()
    }

    /// Drives a master, and keeps its transcript under a name.
    pub fn terminal(&self, name: &str, master: Master) -> Result<Terminal, TerminalError> {
        self.transcripts.borrow_mut().push((name.to_owned(), master.transcript()));
        Terminal::new(master, self.patience)
    }

    /// The transcripts of all terminals, by name, in the order of their opening.
    pub fn transcripts(&self) -> Vec<(String, Vec<Entry>)> {
        let transcripts = self.transcripts.borrow();
        transcripts.iter().map(|(name, said)| (name.clone(), said.borrow().entries())).collect()
    }
}

/// A word that nobody has twice. The inode of a namespace is no such: the kernel gives it again. getrandom(2)
fn random_word() -> String {
    let mut bytes = [0; 8];
    // So few bytes come whole, or wait until there are any.
    let _ = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_words_are_the_same() {
        let mut words: Vec<_> = (0..100).map(|_| super::random_word()).collect();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), 100);
    }
}
