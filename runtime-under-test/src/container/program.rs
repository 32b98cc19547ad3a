//! The last steps of every process in a container: limits, credentials, working directory, execve.

use super::{ContainerError, trampoline::Call, trampoline::Trampoline};
use crate::process::{Filter, become_user, enter_cwd, enter_cwd_as_ptyrun, environment, find_executable};
use crate::process::{Label, Listening, load};
use crate::syscall::{process::set_undumpable, signals::SignalNumbers};
use crate::{config::Process, steps::Steps};
use nix::errno::Errno;
use nix::unistd::{execve, getpid};
use std::ffi::{CString, OsString};
use std::{convert::Infallible, os::fd::BorrowedFd, os::unix::ffi::OsStringExt};

/// A program that is known to exist, in a process that already is whom it runs as.
#[derive(Debug)]
pub(crate) struct Program {
    path: CString,
    arguments: Vec<CString>,
    pub(super) environment: Vec<CString>,
    /// The filter of system calls that is not loaded yet: nothing but the execve is to come after it.
    pub(super) filter: Option<Filter>,
    /// What security modules are to know it as.
    labels: Vec<Label>,
    /// What was asked for and could not be granted, for the log.
    pub(crate) warnings: Vec<String>,
}

impl Program {
    /// Takes on the credentials of `process`, enters its working directory and finds its program there.
    pub(crate) fn settle(
        process: &Process,
        filter: Option<&Filter>,
        listening: Listening<'_>,
    ) -> Result<Program, ContainerError> {
        let environment = environment(process);
        let labels = Label::of(process).map_err(ContainerError::setup)?;
        let entered = enter_cwd_as_ptyrun(process).map_err(ContainerError::setup)?;
        let warnings = become_user(process, filter, listening).map_err(ContainerError::setup)?;
        enter_cwd(process, entered).map_err(ContainerError::setup)?;
        let path = find_executable(process).map_err(ContainerError::setup)?;
        let path = bytes(path.into_os_string())?;
        let filter = filter.filter(|_| process.no_new_privileges);
        if let Some(filter) = filter.filter(|filter| filter.notifies) {
            load(filter, listening).map_err(ContainerError::setup)?; // nobody could be told any later
        }
        let filter = filter.filter(|filter| !filter.notifies).cloned();
        Ok(Program {
            path,
            arguments: strings(&process.args)?,
            environment: strings(&environment)?,
            labels,
            filter,
            warnings,
        })
    }

    /// Tells it of the descriptors that it inherits, where the caller was told of some. Socket activation names the process
    /// that they are for (sd_listen_fds(3)): this one.
    pub(crate) fn announce_descriptors(&mut self, preserved: u32) -> Result<(), ContainerError> {
        if preserved > 0 && std::env::var_os("LISTEN_FDS").is_some() {
            let told = [format!("LISTEN_FDS={preserved}"), format!("LISTEN_PID={}", getpid())];
            self.environment.extend(strings(&told)?);
        }
        Ok(())
    }

    /// Becomes it, which is to ignore no signal: these may be ignored. `report` says why that failed, either as text by the caller or as the trampoline's report.
    pub(crate) fn run(
        &self,
        steps: &Steps,
        may_be_ignored: SignalNumbers,
        report: BorrowedFd<'_>,
    ) -> Result<Infallible, ContainerError> {
        self.prepare_for_execve(steps, may_be_ignored)?;
        match Trampoline::new(report, &[], &self.labels, self.filter.as_ref()) {
            Ok(trampoline) => trampoline.jump(&self.path, &self.arguments, &self.environment),
            Err(errno) if !self.labels.is_empty() => Err(errno),
            // A machine where memory is never executable (vm.memfd_noexec), or whose code is not written yet.
            Err(_) => self
                .filter
                .as_ref()
                .map_or(Ok(None), Filter::load)
                .and_then(|_| execve(&self.path, &self.arguments, &self.environment)),
        }
        .map_err(self.failed())
    }

    /// Has a new process become it, a child of the caller's parent, that makes these calls first.
    pub(crate) fn run_after(
        &self,
        steps: &Steps,
        report: BorrowedFd<'_>,
        calls: &[Call],
    ) -> Result<Infallible, ContainerError> {
        self.prepare_for_execve(steps, SignalNumbers::ALL)?;
        let calls = [&[Call::FORK, Call::hear(report)], calls].concat();
        let trampoline = Trampoline::new(report, &calls, &self.labels, self.filter.as_ref())
            .map_err(ContainerError::call("making a program in memory (vm.memfd_noexec must be 0 or 1)"))?;
        trampoline.jump(&self.path, &self.arguments, &self.environment).map_err(|errno| match errno {
            // A program in memory has no name that could be missing, but there.
            Errno::ENOENT => ContainerError::call(
                "executing a program in memory, whose name /dev/fd/N this kernel's TOMOYO looks for in the container, a \
                 mistake that Linux 5.10.227, 6.1.113 and 6.12 have mended (boot a newer one, or with lsm= and without tomoyo)",
            )(errno),
            errno => self.failed()(errno),
        })
    }

    fn prepare_for_execve(&self, steps: &Steps, may_be_ignored: SignalNumbers) -> Result<(), ContainerError> {
        // Taking on credentials may have undone this (suid_dumpable of proc_sys_fs(5)).
        set_undumpable().map_err(self.failed())?;
        (steps.reset_signals)(may_be_ignored);
        Ok(())
    }

    fn failed(&self) -> impl FnOnce(Errno) -> ContainerError {
        ContainerError::call(format!("executing the program {:?}", self.path.to_string_lossy()))
    }
}

fn strings(texts: &[String]) -> Result<Vec<CString>, ContainerError> {
    texts.iter().map(|text| bytes(text.into())).collect()
}

fn bytes(text: OsString) -> Result<CString, ContainerError> {
    CString::new(text.into_vec()).map_err(ContainerError::setup)
}
