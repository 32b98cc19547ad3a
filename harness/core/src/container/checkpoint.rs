//! A container that is written to files, and made anew of them, by CRIU.

use crate::container::{ConsoleSocket, Container, ContainerError, Created, Lifecycle, succeeded};
use crate::probe::ControlSocket;
use crate::target::{Finished, Running};
use ptyproof_report::printable;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where CRIU is, unless PTYPROOF_CRIU names it.
const PLACES: [&str; 3] = ["/usr/local/sbin/criu", "/usr/sbin/criu", "/usr/bin/criu"];

/// A CRIU that works on this kernel.
#[derive(Debug)]
pub struct Criu {
    /// What runtimes, which call it by its name, get as PATH.
    path: OsString,
}

impl Criu {
    fn find(lifecycle: &Lifecycle) -> Result<Self, ContainerError> {
        let no_criu = |why: String| ContainerError::NoCriu { why };
        let named = std::env::var_os("PTYPROOF_CRIU").map(PathBuf::from);
        let places = PLACES.map(PathBuf::from).into_iter().filter(|place| place.exists());
        let program = named.into_iter().chain(places).next().ok_or_else(|| no_criu("there is none".to_owned()))?;
        let mut check = Command::new(&program);
        check.arg("check");
        let checked = Running::start(check)?.finish(lifecycle.bench().patience)?;
        if !checked.status.success() {
            return Err(no_criu(format!("{} check: {}", program.display(), printable(&checked.describe()))));
        }
        let own = program.parent().map(Path::to_owned);
        let usual = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from);
        let path = std::env::join_paths(own.into_iter().chain(usual)).map_err(|error| no_criu(error.to_string()))?;
        Ok(Self { path })
    }

    /// Calls a verb with the directory of the images, which must succeed.
    fn call(
        &self,
        lifecycle: &Lifecycle,
        verb: &str,
        arguments: &[&OsStr],
        images: &Path,
    ) -> Result<Finished, ContainerError> {
        let mut command = lifecycle.bench().command(verb)?;
        command.env("PATH", &self.path).arg("--image-path").arg(images).arg("--work-path").arg(images);
        command.args(arguments).arg(lifecycle.id());
        succeeded(verb, Running::start(command)?.finish(lifecycle.bench().patience)?)
    }
}

/// A container that does not run, but stands in files.
pub struct Checkpoint {
    criu: Criu,
    lifecycle: Lifecycle,
    config: Value,
    control: ControlSocket,
    images: PathBuf,
}

impl Container {
    /// Writes the container to files; it is gone then. Its process waits for a byte of its standard input meanwhile.
    pub fn checkpoint(mut self) -> Result<Checkpoint, ContainerError> {
        let criu = Criu::find(&self.lifecycle)?;
        let control = self.lifecycle.control()?;
        self.probe.part(&control, 0)?;
        let images = self.lifecycle.file("images");
        std::fs::create_dir(&images).map_err(ContainerError::setup("making", &images))?;
        criu.call(&self.lifecycle, "checkpoint", &[], &images)?;
        Ok(Checkpoint { criu, lifecycle: self.lifecycle, config: self.config, control, images })
    }
}

impl Checkpoint {
    /// Makes it anew, detached and with a console socket.
    pub fn restore(self) -> Result<Created, ContainerError> {
        let Self { criu, lifecycle, config, control, images } = self;
        let path = lifecycle.file("tty");
        let socket = ConsoleSocket::listen(&path)?;
        let (bundle, pid_file) = (lifecycle.directory(), lifecycle.pid_file().path());
        let arguments: [&OsStr; 7] = [
            "--detach".as_ref(),
            "--console-socket".as_ref(),
            path.as_ref(),
            "--bundle".as_ref(),
            bundle.as_ref(),
            "--pid-file".as_ref(),
            pid_file.as_ref(),
        ];
        let restored = criu.call(&lifecycle, "restore", &arguments, &images);
        let reception = socket.finish()?;
        restored?;
        Ok(Created { lifecycle, reception: Some(reception), streams: None, config, control })
    }
}
