//! The container's process, from its first instruction to the execve of the program.

use super::setup::{Setup, become_root_of_namespace};
use super::{ContainerError, Record};
use super::{gate::Gate, namespaces::Plan, program::Program};
use crate::config::{Config, Hook};
use crate::process::{Filter, apply_limits, apply_sysctl, run_anywhere};
use crate::syscall::network::bring_loopback_up;
use crate::syscall::of_rustix;
use crate::syscall::process::{live_on, set_undumpable};
use crate::syscall::signals::SignalNumbers;
use crate::terminal::{DeviceDirectory, Slave};
use crate::{cgroup::Cgroup, hooks, hooks::Surroundings, rootfs::Rootfs, rootfs::Sources};
use nix::unistd::{Pid, getpid, sethostname};
use rustix::system::setdomainname;
use std::os::fd::{AsFd, OwnedFd};
use std::{convert::Infallible, fs::File, io::Write};

/// A container's first process in the making.
#[derive(Debug)]
pub(super) struct Child<'a> {
    pub(super) setup: Setup<'a>,
    pub(super) config: &'a Config,
    pub(super) record: &'a Record,
    pub(super) plan: &'a Plan,
    pub(super) cgroup: &'a Cgroup,
    /// What ptyrun has opened for it.
    pub(super) sources: &'a Sources,
    /// Whether clone3 has put the process into its cgroup already.
    pub(super) born_in_cgroup: bool,
    /// Signals that this process may ignore; ptyrun says which do.
    pub(super) may_be_ignored: SignalNumbers,
    /// Where to wait for `start`; without one the program runs at once.
    pub(super) gate: Option<Gate>,
}

impl Child<'_> {
    /// Becomes the program, or reports why not and ends.
    pub(super) fn live(mut self) -> ! {
        let Err(error) = self.set_up();
        (self.setup.steps.give_up)(&self.setup.channel, &error)
    }

    fn set_up(&mut self) -> Result<Infallible, ContainerError> {
        let call = |action: &'static str| ContainerError::call(action);
        let steps = self.setup.steps;
        // Step 1: only the leader of a session without a terminal can acquire one.
        (steps.start_session)(self.config.process.terminal).map_err(call("starting a session"))?;
        self.setup.die_with_ptyrun()?;
        let gate = self.gate.as_ref().map(AsFd::as_fd);
        self.setup.let_go_of_descriptors(
            gate.into_iter().chain(self.plan.descriptors()).chain(self.sources.descriptors()).collect(),
        )?;
        self.plan.set_clocks()?; // as whoever made the process: root of a user namespace cannot open the file
        if self.plan.changes_user() {
            self.ask_ptyrun()?;
            self.wait_for_ptyrun()?;
            become_root_of_namespace()?;
        } else {
            if !self.born_in_cgroup {
                self.cgroup.join(Pid::from_raw(0)).map_err(ContainerError::setup)?;
            }
            apply_limits(&self.config.process).map_err(ContainerError::setup)?;
        }
        run_anywhere();
        self.setup.leave_the_callers_keys(self.record)?;
        // Whoever is in a namespace that is joined from here on must not get at this process's descriptors, its memory
        // or the file that it executes (CVE-2016-9962, CVE-2019-5736).
        set_undumpable().map_err(call("closing /proc/self to others"))?;
        self.plan.enter()?;
        if self.plan.makes_network() {
            bring_loopback_up().map_err(call("bringing the loopback interface up"))?;
        }
        set_names(self.config)?;
        apply_sysctl(self.config).map_err(ContainerError::setup)?;
        let rootfs = (steps.prepare_root)(self.config, &self.record.bundle, self.sources);
        let rootfs = rootfs.map_err(ContainerError::setup)?;
        let answer_is_due = self.see_to_record_and_hooks()?;
        (steps.enter_root)(&rootfs, self.config).map_err(ContainerError::setup)?;
        let slave = self.make_terminal(&rootfs)?;
        rootfs.finish(self.config).map_err(ContainerError::setup)?;
        match slave {
            Some(slave) => {
                (steps.place_streams)(&slave)?;
                (steps.acquire)(&slave)?;
            }
            None => (steps.keep_streams)(rootfs.root(), self.config.process.uid())?,
        }
        drop(rootfs);
        if answer_is_due {
            // Were ptyrun killed before this process is on record, nobody would find it.
            self.wait_for_ptyrun()?;
        }
        let mut program = self.setup.settle()?;
        program.announce_descriptors(self.setup.preserved)?;
        let Some(gate) = self.gate.take() else {
            self.run_late_hooks(&program)?;
            return program.run(steps, self.may_be_ignored, self.setup.channel.as_fd());
        };
        self.setup.channel.report_ready().map_err(call("reporting to ptyrun"))?;
        let starter = gate.wait()?;
        self.run_for_starter(&program, starter)
    }

    /// Asks ptyrun for what is its to do: its record, identity maps or hooks.
    fn ask_ptyrun(&self) -> Result<(), ContainerError> {
        self.setup.channel.ask_to_go_on().map_err(ContainerError::call("asking ptyrun to go on"))
    }

    /// Waits until ptyrun has done that.
    fn wait_for_ptyrun(&mut self) -> Result<(), ContainerError> {
        let told = self.setup.channel.hear_to_go_on().map_err(ContainerError::call("waiting for ptyrun"))?;
        self.may_be_ignored = told.ok_or_else(|| ContainerError::Setup("ptyrun is gone".into()))?;
        live_on().map_err(ContainerError::call("outliving ptyrun"))
    }

    /// Has ptyrun put this process on record, unless it has, and run the hooks between the making of the environment and the
    /// change of the root: ptyrun's, then the container's own. Without hooks ptyrun does its part while this process goes
    /// on: whether its answer is still to be heard.
    fn see_to_record_and_hooks(&mut self) -> Result<bool, ContainerError> {
        let hooks = &self.config.hooks;
        let ptyruns_own = !hooks.prestart.is_empty() || !hooks.create_runtime.is_empty();
        let mut answer_is_due = ptyruns_own || !self.plan.changes_user();
        if answer_is_due {
            self.ask_ptyrun()?;
        }
        if answer_is_due && (ptyruns_own || !hooks.create_container.is_empty()) {
            self.wait_for_ptyrun()?;
            answer_is_due = false;
        }
        let surroundings = Surroundings::Container { directory: Some(&self.config.root.path), environment: &[] };
        self.run_hooks(&hooks.create_container, "creating", surroundings, None)?;
        Ok(answer_is_due)
    }

    /// Their programs may be the image's: they are under the filter that the program will be under.
    fn run_late_hooks(&self, program: &Program) -> Result<(), ContainerError> {
        let surroundings = Surroundings::Container { directory: None, environment: &program.environment };
        self.run_hooks(&self.config.hooks.start_container, "created", surroundings, program.filter.as_ref())
    }

    fn run_hooks(
        &self,
        hooks: &[Hook],
        status: &str,
        surroundings: Surroundings<'_>,
        filter: Option<&Filter>,
    ) -> Result<(), ContainerError> {
        if hooks.is_empty() {
            return Ok(());
        }
        let mut record = self.record.clone();
        record.init.pid = getpid().as_raw(); // as it is seen where the hook runs
        hooks::run(hooks, || record.state_for_hooks(status), surroundings, filter).map_err(ContainerError::setup)
    }

    /// After `start` has connected, failures are its to report.
    fn run_for_starter(&self, program: &Program, starter: OwnedFd) -> Result<Infallible, ContainerError> {
        let Err(error) = self
            .run_late_hooks(program)
            .and_then(|()| program.run(self.setup.steps, self.may_be_ignored, starter.as_fd()));
        let _ = File::from(starter).write_all(error.to_string().as_bytes());
        std::process::exit(1)
    }

    /// Steps 3 to 7, in the container's root.
    fn make_terminal(&mut self, rootfs: &Rootfs) -> Result<Option<Slave>, ContainerError> {
        let steps = self.setup.steps;
        let dev = DeviceDirectory::open(rootfs.root())?;
        if let Some(dev) = dev.as_ref().filter(|_| rootfs.manages_dev()) {
            (steps.place_ptmx)(dev)?;
        }
        let Some(handover) = self.setup.handover.take() else {
            return Ok(None);
        };
        let pty = (steps.open_pty)(rootfs.root())?;
        (steps.set_size)(&pty, self.setup.size)?;
        (steps.set_owner)(&pty, self.config.process.uid())?;
        if let Some(dev) = &dev {
            (steps.bind_console)(dev, &pty.slave)?;
        }
        (steps.hand_over)(&self.setup.channel, pty.master, handover)?;
        Ok(Some(pty.slave))
    }
}

fn set_names(config: &Config) -> Result<(), ContainerError> {
    if let Some(name) = &config.hostname {
        sethostname(name).map_err(ContainerError::call(format!("setting hostname {name:?}")))?;
    }
    if let Some(name) = &config.domainname {
        setdomainname(name.as_bytes())
            .map_err(of_rustix)
            .map_err(ContainerError::call(format!("setting domainname {name:?}")))?;
    }
    Ok(())
}
