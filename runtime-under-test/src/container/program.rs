//! The last steps of every process in a container: limits, credentials, working directory, execve.

use super::ContainerError;
use crate::config::Process;
use crate::defect::faults;
use crate::process::{become_user, enter_cwd, find_executable};
use crate::syscall::process::reset_signals;
use nix::unistd::{execve, getpid};
use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;

/// A program that is known to exist, in a process that already is whom it runs as.
#[derive(Debug)]
pub(crate) struct Program {
    path: CString,
    arguments: Vec<CString>,
    environment: Vec<CString>,
    /// What was asked for and could not be granted, for the log.
    pub(crate) warnings: Vec<String>,
}

impl Program {
    /// Takes on the credentials of `process`, enters its working directory and finds its program there.
    pub(crate) fn settle(process: &Process, preserved: u32) -> Result<Program, ContainerError> {
        let warnings = become_user(process).map_err(ContainerError::setup)?;
        enter_cwd(process).map_err(ContainerError::setup)?;
        let path = find_executable(process).map_err(ContainerError::setup)?;
        let mut environment = strings(&process.env)?;
        if preserved > 0 && std::env::var_os("LISTEN_FDS").is_some() {
            // Socket activation names the process that the descriptors are for (sd_listen_fds(3)).
            environment.extend(strings(&[
                format!("LISTEN_FDS={preserved}"),
                format!("LISTEN_PID={}", getpid()),
            ])?);
        }
        let path = bytes(path.into_os_string())?;
        Ok(Program {
            path,
            arguments: strings(&process.args)?,
            environment,
            warnings,
        })
    }

    /// Becomes it.
    pub(crate) fn run(&self) -> Result<Infallible, ContainerError> {
        reset_signals();
        faults::spoil_signals();
        let Err(errno) = execve(&self.path, &self.arguments, &self.environment);
        Err(ContainerError::call(format!(
            "executing {}",
            self.path.to_string_lossy()
        ))(errno))
    }
}

fn strings(texts: &[String]) -> Result<Vec<CString>, ContainerError> {
    texts.iter().map(|text| bytes(text.into())).collect()
}

fn bytes(text: OsString) -> Result<CString, ContainerError> {
    CString::new(text.into_vec()).map_err(ContainerError::setup)
}
