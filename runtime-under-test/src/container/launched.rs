//! A container from the moment its process exists, and how it is unmade.

use super::handshake::{Channel, Message};
use super::own_cgroup::{self, OwnCgroup};
use super::{ContainerError, Record, agent, id_maps};
use super::{ended::Ended, liveness::Named, namespaces::Plan, store::Slot};
use crate::{
    cgroup::Freezer, config::Config, hooks, hooks::Surroundings, process::apply_limits_to, syscall::process::PidFd,
};
use nix::unistd::Pid;
use std::{mem, os::fd::OwnedFd};

/// How far a launch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The program waits for `start`.
    Create,
    /// The program runs, nobody stays with it.
    Detached,
    /// The program runs, and ptyrun stays to relay and to wait.
    Foreground,
}

/// A container that was made. Dropped without [`Launched::keep`] it is unmade: the process is killed and reaped, and every
/// trace removed.
#[derive(Debug)]
pub struct Launched {
    /// Its first process, a child of ptyrun.
    pub process: PidFd,
    /// The same as a number.
    pub pid: Pid,
    /// The terminal's master, for a foreground container that has one.
    pub master: Option<OwnedFd>,
    /// What it was made from.
    pub config: Config,
    /// What is recorded of it.
    pub record: Record,
    /// The text of its config, until it is on record.
    unrecorded: Option<String>,
    /// None once they are to stay.
    pub traces: Option<Traces>,
}

/// What a container leaves on the machine beside its process.
#[derive(Debug)]
pub struct Traces {
    /// Its cgroup. It goes first: what is left of a container is found by its state directory.
    pub(super) cgroup: OwnCgroup,
    /// Its state directory.
    pub slot: Slot,
}

impl Launched {
    pub(super) fn new(
        process: PidFd,
        pid: Pid,
        config: Config,
        text: String,
        record: Record,
        traces: Traces,
    ) -> Launched {
        Launched { process, pid, master: None, config, record, unrecorded: Some(text), traces: Some(traces) }
    }

    /// Puts the container on record, unless it is.
    pub fn put_on_record(&mut self) -> Result<(), ContainerError> {
        let Some((Traces { slot, .. }, config)) = self.traces.as_ref().zip(self.unrecorded.take()) else {
            return Ok(());
        };
        self.record.init = Named::child(self.pid);
        slot.write_config(&config)?;
        slot.write_record(&self.record)
    }

    /// Leaves the container behind.
    pub fn keep(mut self) {
        if let Some(Traces { slot, mut cgroup }) = self.traces.take() {
            slot.keep();
            cgroup.keep();
        }
    }

    /// Runs the poststart hooks; the failures are for the log.
    #[must_use]
    pub fn after_start(&self) -> Vec<String> {
        hooks::run_all(&self.config.hooks.poststart, || self.record.state_for_hooks("running"), &self.record.bundle)
    }

    /// Removes the container, whose process has ended, and runs the poststop hooks; the failures are for the log.
    #[must_use]
    pub fn finish(mut self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(Traces { slot, mut cgroup }) = self.traces.take() {
            match own_cgroup::remove(&cgroup.keep()) {
                Ok(()) => slot.remove(),
                Err(error) => {
                    warnings.push(format!("{error}; ptyrun delete --force {} tries again", self.record.id));
                    slot.keep();
                }
            }
        }
        warnings.extend(hooks::run_all(
            &self.config.hooks.poststop,
            || self.record.state_for_hooks("stopped"),
            &self.record.bundle,
        ));
        warnings
    }

    /// Does ptyrun's part while the process sets itself up: until it is ready, or runs its program.
    pub fn see_through(&mut self, channel: &Channel, plan: &Plan, mode: Mode) -> Result<(), ContainerError> {
        let mut maps_are_due = plan.changes_user();
        loop {
            match channel.receive(&Freezer::default())? {
                Message::Waiting => {
                    self.put_on_record()?;
                    if mem::take(&mut maps_are_due) {
                        self.prepare_user_namespace(plan)?;
                    } else {
                        self.run_early_hooks()?;
                    }
                    channel.let_go_on()?;
                }
                Message::Master(master) => self.master = Some(master),
                Message::Warning(text) => self.config.warnings.push(text),
                Message::Failed(why) => return Err(ContainerError::Setup(why)),
                Message::Stuck(failure) => return Err(ContainerError::Setup(failure.of(&self.config.process))),
                Message::Listener(listener) => {
                    agent::tell(&self.config.linux.seccomp, &self.record, "creating", self.pid, &listener)?;
                }
                Message::Ready => return Ok(()),
                Message::Closed if mode == Mode::Create => {
                    let end = format!("the container's process ended before its program ran ({})", self.reap());
                    return Err(ContainerError::Setup(end));
                }
                Message::Closed => return Ok(()),
                Message::Born(_) => {
                    return Err(ContainerError::Setup("the container's process talks nonsense".into()));
                }
            }
        }
    }

    /// What the process, an ordinary user on the outside of its user namespace, cannot do itself.
    fn prepare_user_namespace(&self, plan: &Plan) -> Result<(), ContainerError> {
        if plan.maps_ids() {
            id_maps::write(self.pid, &self.config)?;
        }
        apply_limits_to(self.pid, &self.config.process).map_err(ContainerError::setup)?;
        self.record.cgroup.join(self.pid).map_err(ContainerError::setup)
    }

    /// The hooks that run in ptyrun's namespaces once the container's exist, before its root is changed.
    fn run_early_hooks(&self) -> Result<(), ContainerError> {
        let state = || self.record.state_for_hooks("creating");
        let surroundings = Surroundings::Runtime(&self.record.bundle);
        hooks::run(&self.config.hooks.prestart, state, surroundings, None)
            .and_then(|()| hooks::run(&self.config.hooks.create_runtime, state, surroundings, None))
            .map_err(ContainerError::setup)
    }

    /// Waits for the process to end and reaps it.
    #[must_use]
    pub fn reap(&self) -> Ended {
        Ended::wait(&self.process)
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        if self.traces.is_some() {
            self.process.kill();
            let _ = self.reap(); // with it go its namespaces and every mount in them
        }
    }
}
