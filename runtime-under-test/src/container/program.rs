//! The last steps of every process in a container: limits, credentials, working directory, execve.

use super::{ContainerError, trampoline::Trampoline};
use crate::process::{become_user, enter_cwd, find_executable};
use crate::{config::Process, steps::Steps, syscall::process::set_undumpable};
use nix::unistd::{execve, getpid};
use std::ffi::{CString, OsString};
use std::{convert::Infallible, os::fd::BorrowedFd, os::unix::ffi::OsStringExt};

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
            environment.extend(strings(&[format!("LISTEN_FDS={preserved}"), format!("LISTEN_PID={}", getpid())])?);
        }
        let path = bytes(path.into_os_string())?;
        Ok(Program { path, arguments: strings(&process.args)?, environment, warnings })
    }

    /// Becomes it. `report` says why that failed, either as text by the caller or as the trampoline's report.
    pub(crate) fn run(&self, steps: &Steps, report: BorrowedFd<'_>) -> Result<Infallible, ContainerError> {
        let failed = || {
            let path = self.path.to_string_lossy();
            ContainerError::call(format!("executing {path}"))
        };
        // Taking on credentials may have undone this (suid_dumpable of proc_sys_fs(5)).
        set_undumpable().map_err(failed())?;
        (steps.reset_signals)();
        match Trampoline::new(report) {
            Ok(trampoline) => trampoline.jump(report, &self.path, &self.arguments, &self.environment),
            // A machine where memory is never executable (vm.memfd_noexec), or whose code is not written yet.
            Err(_) => execve(&self.path, &self.arguments, &self.environment),
        }
        .map_err(failed())
    }
}

fn strings(texts: &[String]) -> Result<Vec<CString>, ContainerError> {
    texts.iter().map(|text| bytes(text.into())).collect()
}

fn bytes(text: OsString) -> Result<CString, ContainerError> {
    CString::new(text.into_vec()).map_err(ContainerError::setup)
}
