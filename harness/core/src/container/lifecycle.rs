use crate::container::{ContainerError, Instance, Workbench, succeeded};
use crate::{container::pid_file::PidFile, probe::ControlSocket, target::Finished};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{os::fd::OwnedFd, rc::Rc};

/// A container as the runtime knows it.
pub struct Lifecycle {
    bench: Rc<Workbench>,
    id: String,
    directory: PathBuf,
    pid_file: PidFile,
}

impl Lifecycle {
    pub(super) fn new(bench: Rc<Workbench>, id: String, directory: PathBuf, pid_file: PidFile) -> Self {
        Self { bench, id, directory, pid_file }
    }

    /// The container's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Process id of its first process, seen from outside, as the runtime wrote it to the PID file.
    pub fn pid(&self) -> Result<i32, ContainerError> {
        self.pid_file.pid()
    }

    /// A descriptor that becomes readable when the first process ends. pidfd_open(2).
    pub fn end_event(&self) -> Result<OwnedFd, ContainerError> {
        self.pid_file.end_event()
    }

    /// Waits until the first process has ended; whether it did in time.
    pub fn ends(&self) -> Result<bool, ContainerError> {
        self.pid_file.ends(self.bench.patience)
    }

    /// Its devpts instance, which can then be looked at after the container's end. To be called while its first
    /// process exists.
    pub fn devpts(&self) -> Result<Instance, ContainerError> {
        Instance::of(self.pid()?)
    }

    /// Whether the runtime knows the container: `state` fails, or prints this container's.
    pub fn is_known(&self) -> Result<bool, ContainerError> {
        let finished = self.call("state", &[])?;
        match finished.status.code() {
            Some(0) => self.status_in(&finished).map(|_| true),
            Some(_) => Ok(false),
            None => Err(ContainerError::Status { verb: "state".to_owned(), finished }),
        }
    }

    /// `status` of the OCI state, for example `running`. runtime-spec, runtime.md#state.
    pub fn status(&self) -> Result<String, ContainerError> {
        self.status_in(&self.must("state", &[])?)
    }

    fn status_in(&self, finished: &Finished) -> Result<String, ContainerError> {
        let state: Value = serde_json::from_slice(&finished.stdout.bytes).unwrap_or_default();
        match state["status"].as_str() {
            Some(status) if state["id"] == self.id.as_str() => Ok(status.to_owned()),
            _ => Err(ContainerError::Wrong {
                what: "output of state".to_owned(),
                expected: "JSON with id, which is the container's, and status",
                observed: finished.stdout.to_string(),
            }),
        }
    }

    /// Calls a verb for this container, whatever comes of it.
    pub fn call(&self, verb: &str, arguments: &[&str]) -> Result<Finished, ContainerError> {
        self.bench.call(verb, &[&[self.id.as_str()], arguments].concat())
    }

    /// Calls a verb for this container, which must succeed.
    pub(super) fn must(&self, verb: &str, arguments: &[&str]) -> Result<Finished, ContainerError> {
        succeeded(verb, self.call(verb, arguments)?)
    }

    /// `kill` with a signal by its name without SIG.
    pub fn kill(&self, signal: &str) -> Result<(), ContainerError> {
        self.must("kill", &[signal]).map(drop)
    }

    /// `delete --force`, which must succeed.
    pub fn delete(&self) -> Result<(), ContainerError> {
        succeeded("delete", self.bench.call("delete", &["--force", &self.id])?)?;
        self.bench.is_deleted(&self.id);
        Ok(())
    }

    /// A further control socket, for a child or for exec.
    pub(super) fn control(&self) -> Result<ControlSocket, ContainerError> {
        let name = format!("p{}", self.bench.number());
        self.bench.control(&self.directory.join("control"), &name)
    }

    /// The bundle.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn pid_file(&self) -> &PidFile {
        &self.pid_file
    }

    pub(super) fn bench(&self) -> &Rc<Workbench> {
        &self.bench
    }

    pub(super) fn file(&self, prefix: &str) -> PathBuf {
        self.directory.join(format!("{prefix}{}", self.bench.number()))
    }
}
